//! Host names to addresses: the operator's, the loopback's, then the system's.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::time::Instant;

use super::attempt::Attempt;
use super::options;

/// The resolver of a client.
pub(super) struct Resolver {
    overrides: Vec<options::Resolve>,
}

impl Resolver {
    pub(super) fn new(overrides: &[options::Resolve]) -> Resolver {
        Resolver {
            overrides: overrides.to_vec(),
        }
    }

    /// The addresses known without asking anyone.
    fn known(&self, host: &str, port: Option<u16>) -> Option<Vec<IpAddr>> {
        let given: Vec<IpAddr> = self
            .overrides
            .iter()
            .filter(|entry| Some(entry.port) == port && entry.host.eq_ignore_ascii_case(host))
            .map(|entry| entry.address)
            .collect();
        if !given.is_empty() {
            return Some(given);
        }
        // These names always mean this machine, and nobody else is to be asked (RFC 6761 §6.3).
        let name = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        (name == "localhost" || name.ends_with(".localhost"))
            .then(|| vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()])
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let attempt = Attempt::of_connection();
        let began = Instant::now();
        if let Some(attempt) = &attempt {
            attempt.dns_began();
        }
        let known = self.known(name.as_str(), attempt.as_ref().map(|attempt| attempt.port));
        Box::pin(async move {
            let addresses = match known {
                Some(addresses) => addresses,
                None => look_up(name.as_str()).await?,
            };
            if let Some(attempt) = &attempt {
                attempt.dns_ended(began.elapsed());
            }
            // Port 0 stands for the URL's.
            let addresses: Addrs = Box::new(addresses.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}

/// Asks the system, which blocks a thread of the runtime's pool meanwhile.
async fn look_up(host: &str) -> io::Result<Vec<IpAddr>> {
    let addresses: Vec<IpAddr> = tokio::net::lookup_host((host, 0))
        .await?
        .map(|found| found.ip())
        .collect();
    if addresses.is_empty() {
        Err(io::ErrorKind::NotFound.into())
    } else {
        Ok(addresses)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_given_for_its_host_and_port_alone() {
        let address = IpAddr::from([127, 0, 0, 9]);
        let resolver = Resolver::new(&[options::Resolve {
            host: "API.example.com".into(),
            port: 443,
            address,
        }]);
        assert_eq!(resolver.known("api.example.com", Some(443)), Some(vec![address]));
        assert_eq!(resolver.known("api.example.com", Some(80)), None);
        assert_eq!(resolver.known("example.com", Some(443)), None);
    }

    #[test]
    fn localhost_and_what_is_below_it_are_this_machine() {
        let resolver = Resolver::new(&[]);
        for name in ["localhost", "LOCALHOST.", "api.localhost"] {
            assert!(
                resolver
                    .known(name, None)
                    .is_some_and(|all| all.iter().all(IpAddr::is_loopback)),
                "{name}"
            );
        }
        assert_eq!(resolver.known("notlocalhost", None), None);
    }
}
