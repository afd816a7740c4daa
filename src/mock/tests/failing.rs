//! Faults, as a client sees them.

use std::time::Duration;

use super::{get, mock, status};

fn with_faults(faults: &str) -> String {
    format!(
        "mock: m\ndata: {{ items: [] }}\nroutes:\n- GET: /text/{{name}}\n  respond: {{ text: 0123456789 }}\n\
         - GET: /items\n  respond: {{ text: \"${{{{ items | length }}}}\" }}\n\
         - POST: /items\n  change: [{{ insert: {{ into: items, value: 1 }} }}]\n  respond: {{ status: 201 }}\nfaults:\n{faults}"
    )
}

#[tokio::test]
async fn a_status_stands_in_by_count_and_changes_nothing() {
    let fault = "- { on: POST /items, nth: [1, 3], status: 503, headers: { retry-after: 1 } }";
    let mock = mock(&with_faults(fault)).await;
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(status(&mock, "POST /items").await);
    }
    assert_eq!(seen, [Some(503), Some(201), Some(503), Some(201)]);
    assert_eq!(get(&mock, "/items").await.body, "2");
}

#[tokio::test]
async fn a_fault_counts_its_own_requests_alone() {
    let mock = mock(&with_faults(
        "- { on: 'GET /text/{name}', every: 2, status: 500 }",
    ))
    .await;
    let mut seen = Vec::new();
    for target in ["/text/a", "/items", "/items", "/text/b", "/text/c"] {
        seen.push(get(&mock, target).await.status);
    }
    assert_eq!(seen, [Some(200), Some(200), Some(200), Some(500), Some(200)]);
}

#[tokio::test]
async fn headers_of_a_fault_are_sent() {
    let mock = mock(&with_faults(
        "- { on: '*', first: 1, status: 429, headers: { retry-after: 7 } }",
    ))
    .await;
    let reply = get(&mock, "/items").await;
    assert!(
        reply.status == Some(429) && reply.head.contains("retry-after: 7"),
        "{}",
        reply.head
    );
    assert_eq!(get(&mock, "/items").await.status, Some(200));
}

#[tokio::test]
async fn a_dropped_answer_has_no_byte_and_its_change_was_made() {
    let mock = mock(&with_faults("- { on: POST /items, first: 1, drop: true }")).await;
    let reply = super::ask(&mock, "POST /items", &[], "").await;
    assert_eq!((reply.status, reply.head.as_str()), (None, ""));
    assert_eq!(get(&mock, "/items").await.body, "1");
}

#[tokio::test]
async fn a_truncated_answer_promises_the_whole_length() {
    for (length, body) in [(0, ""), (4, "0123"), (10, "0123456789"), (99, "0123456789")] {
        let mock = mock(&with_faults(&format!("- {{ on: '*', truncate: {length} }}"))).await;
        let reply = get(&mock, "/text/a").await;
        assert_eq!((reply.status, reply.body.as_str()), (Some(200), body));
        assert!(reply.head.contains("content-length: 10"), "{}", reply.head);
    }
}

#[tokio::test]
async fn a_delayed_answer_holds_up_no_other() {
    let mock = mock(&with_faults("- { on: 'GET /text/{name}', delay: 1h }")).await;
    assert_eq!(get(&mock, "/items").await.status, Some(200));
    let late = tokio::time::timeout(Duration::from_millis(50), get(&mock, "/text/a")).await;
    assert!(late.is_err());
    mock.stop().await;
}

#[tokio::test]
async fn a_stopped_mock_takes_no_connection() {
    let running = mock(&with_faults(" []")).await;
    let address = running.url.socket_addrs(|| None).expect("an address")[0];
    running.stop().await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn dropping_stops() {
    let running = mock(&with_faults(" []")).await;
    let address = running.url.socket_addrs(|| None).expect("an address")[0];
    drop(running);
    while tokio::net::TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
}
