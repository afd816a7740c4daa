//! Where requests may go. Asked before each hop; a collection can only narrow it.

use url::{Host, Url};

use crate::http::{Guard, Refusal};

/// What the operator and the environment allow.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// The hosts something may be sent to, each `name` or `name:port`. Empty: any, for what holds no secret.
    pub hosts: Vec<String>,
    /// True if plain http may leave the machine.
    pub allow_http: bool,
}

impl Guard for Policy {
    fn allow(&self, url: &Url, _hop: usize, carries_secret: bool) -> Result<(), Refusal> {
        let host = url.host_str().unwrap_or_default().to_owned();
        if url.scheme() != "https" && !self.allow_http && !is_loopback(url) {
            return Err(Refusal::PlainHttp { host });
        }
        if self.hosts.is_empty() {
            return if carries_secret {
                Err(Refusal::UnboundSecret { host })
            } else {
                Ok(())
            };
        }
        if self.hosts.iter().any(|allowed| covers(allowed, url)) {
            return Ok(());
        }
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        Err(Refusal::OtherHost { host: host + &port })
    }
}

/// True if `name` or `name:port` is the host of the URL.
fn covers(allowed: &str, url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let with_port = url.port_or_known_default().map(|port| format!("{host}:{port}"));
    allowed.eq_ignore_ascii_case(host)
        || with_port.is_some_and(|with_port| allowed.eq_ignore_ascii_case(&with_port))
}

/// True if the URL never leaves the machine.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::Policy;
    use crate::http::Guard;

    fn allowed(hosts: &[&str], url: &str, carries_secret: bool) -> bool {
        let hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
        let policy = Policy {
            hosts,
            allow_http: false,
        };
        policy
            .allow(&Url::parse(url).expect("a URL"), 0, carries_secret)
            .is_ok()
    }

    #[test]
    fn only_the_hosts_of_the_environment_are_called() {
        assert!(allowed(&["api.example.com"], "https://api.example.com/x", true));
        assert!(allowed(
            &["api.example.com:8443"],
            "https://api.example.com:8443/x",
            true
        ));
        assert!(!allowed(
            &["api.example.com:8443"],
            "https://api.example.com/x",
            false
        ));
        assert!(!allowed(
            &["api.example.com"],
            "https://evil.example.com/x",
            false
        ));
        assert!(!allowed(
            &["api.example.com"],
            "https://api.example.com.evil.com/x",
            false
        ));
    }

    #[test]
    fn plain_http_stays_on_the_machine() {
        assert!(allowed(&[], "http://127.0.0.1:8080/", false));
        assert!(allowed(&["[::1]"], "http://[::1]/", true));
        assert!(!allowed(&[], "http://example.com/", false));
        assert!(!allowed(&["example.com"], "http://example.com/", false));
    }

    #[test]
    fn a_secret_goes_nowhere_unbound() {
        assert!(allowed(&[], "https://example.com/", false));
        assert!(!allowed(&[], "https://example.com/", true));
        // Another program of this machine is as foreign as another host.
        assert!(!allowed(&[], "http://127.0.0.1:8080/", true));
    }
}
