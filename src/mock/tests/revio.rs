//! The Rev.io tenant of the fixtures, from the exchange of a key to an expired token.

use serde_json::{Map, Value, json};

use super::{Running, ask, fixture};

async fn tenant() -> Running {
    fixture("revio.mock.yaml", Map::new()).await
}

async fn token(mock: &Running) -> String {
    let reply = ask(
        mock,
        "POST /api/v1/auth/api-key/exchange",
        &[],
        r#"{"apiKey":"demo-key-5f2c9a7e"}"#,
    )
    .await;
    assert_eq!(reply.status, Some(200), "{}", reply.body);
    reply.json()["data"]["token"]
        .as_str()
        .expect("a token")
        .to_owned()
}

async fn read(mock: &Running, token: &str, target: &str) -> (Option<u16>, Value) {
    let bearer = format!("authorization: Bearer {token}");
    let headers = [bearer.as_str(), "x-revio-host: acme.psarev.io"];
    let reply = ask(mock, &format!("GET /billing/api/v1{target}"), &headers, "").await;
    (reply.status, reply.json())
}

#[tokio::test]
async fn a_key_is_exchanged_for_a_token_and_another_is_not() {
    let mock = tenant().await;
    assert_eq!(token(&mock).await.split('.').count(), 3);
    assert_ne!(token(&mock).await, token(&mock).await, "each login has its own");
    for body in [r#"{"apiKey":"demo-key"}"#, "{}", ""] {
        let reply = ask(&mock, "POST /api/v1/auth/api-key/exchange", &[], body).await;
        assert!(
            reply.status == Some(401) && reply.json()["error"].is_string(),
            "{body}"
        );
    }
}

#[tokio::test]
async fn lists_and_single_items_are_read_with_a_token() {
    let mock = tenant().await;
    let token = token(&mock).await;
    let (status, contacts) = read(&mock, &token, "/contacts").await;
    assert_eq!(
        (status, contacts["data"].as_array().map(Vec::len)),
        (Some(200), Some(12))
    );
    assert_eq!(contacts["data"][0]["balance"].to_string(), "1250.10");
    let (status, contact) = read(&mock, &token, "/contacts/c-1010").await;
    assert_eq!(
        (status, &contact["data"]["name"]),
        (Some(200), &json!("Håkon Ødegård"))
    );
    let (status, missing) = read(&mock, &token, "/contacts/c-0").await;
    assert!(status == Some(404) && missing["error"].is_string());
    let (status, customer) = read(&mock, &token, "/customers/504").await;
    assert_eq!((status, &customer["data"]["id"]), (Some(200), &json!(504)));
    assert_eq!(read(&mock, &token, "/customers/1").await.0, Some(404));
}

#[tokio::test]
async fn customers_come_in_pages() {
    let mock = tenant().await;
    let token = token(&mock).await;
    let mut ids = Vec::new();
    for (target, expected) in [
        ("/customers?page=1", vec![501, 502, 503]),
        ("/customers?page=3", vec![507, 508]),
        ("/customers?page=4", vec![]),
        ("/customers?page=2&page_size=5", vec![506, 507, 508]),
        ("/customers", (501..=508).collect()),
    ] {
        let (status, page) = read(&mock, &token, target).await;
        assert_eq!(status, Some(200), "{page}");
        ids.clear();
        ids.extend(
            page["data"]
                .as_array()
                .expect("a list")
                .iter()
                .filter_map(|it| it["id"].as_i64()),
        );
        assert_eq!((&ids, &page["total"]), (&expected, &json!(8)), "{target}");
    }
}

#[tokio::test]
async fn who_may_not_read_is_told_so() {
    let mock = tenant().await;
    let good = format!("authorization: Bearer {}", token(&mock).await);
    let foreign = "authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.AAAA";
    let host = "x-revio-host: acme.psarev.io";
    for (headers, expected) in [
        (vec![host], 401),
        (vec![host, "authorization: Basic YTpi"], 401),
        (vec![host, foreign], 401),
        (vec![good.as_str()], 403),
        (vec![good.as_str(), "x-revio-host: other.psarev.io"], 403),
        (vec![good.as_str(), host], 200),
    ] {
        let reply = ask(&mock, "GET /billing/api/v1/contacts", &headers, "").await;
        assert_eq!(reply.status, Some(expected), "{headers:?} {}", reply.body);
        assert_eq!(reply.json()["error"].is_string(), expected != 200);
    }
}

#[tokio::test]
async fn a_revoked_token_is_not_taken_and_a_new_one_is() {
    let mock = tenant().await;
    let old = token(&mock).await;
    let bearer = format!("authorization: Bearer {old}");
    assert_eq!(
        ask(&mock, "POST /mock/v1/expire-tokens", &[&bearer], "")
            .await
            .status,
        Some(204)
    );
    assert_eq!(read(&mock, &old, "/contacts").await.0, Some(401));
    let new = token(&mock).await;
    assert_eq!(read(&mock, &new, "/contacts").await.0, Some(200));
}

#[tokio::test]
async fn an_expired_token_is_not_taken() {
    let mock = tenant().await;
    let scope = crate::template::Scope::new();
    let text = "\"${{ jwt(expires_in='-1s') }}\"";
    let expired = crate::decode::testing::decode(text, |node, decoder| decoder.template(node, "a token"));
    let expired = expired.and_then(|it| it.render(&scope).map_err(|error| vec![error.to_string()]));
    let expired = expired.expect("a token").expose().into_owned();
    assert_eq!(read(&mock, &expired, "/contacts").await.0, Some(401));
}
