//! How the network is reached, from the arguments: only the operator says that.

use std::net::IpAddr;
use std::path::Path;

use super::CommandError;
use super::arguments::NetworkArguments;
use crate::decode;
use crate::http::{Client, ClientCertificate, ClientOptions, HttpVersion, Resolve};

/// The client that the arguments ask for. Nothing is connected and no TLS root is read yet.
pub(super) fn client(arguments: &NetworkArguments) -> Result<Client, CommandError> {
    let mut options = ClientOptions {
        http_version: match arguments.http.as_str() {
            "1.1" => HttpVersion::Http1,
            "2" => HttpVersion::Http2,
            _ => HttpVersion::Auto,
        },
        proxy: arguments.proxy.clone(),
        ..ClientOptions::default()
    };
    for path in &arguments.ca {
        options.ca.push(read(path)?);
    }
    if let (Some(chain), Some(key)) = (&arguments.client_cert, &arguments.client_key) {
        options.client_certificate = Some(ClientCertificate {
            chain: read(chain)?,
            key: read(key)?,
        });
    }
    for argument in &arguments.resolve {
        options.resolve.push(resolve(argument)?);
    }
    if let Some(size) = &arguments.max_body {
        options.max_body = decode::size(size).ok_or_else(|| {
            CommandError::usage(format!(
                "--max-body {size}: sizes carry their unit, such as 10MiB"
            ))
        })?;
    }
    Client::new(options).map_err(|error| CommandError::usage(error.message))
}

fn read(path: &Path) -> Result<Vec<u8>, CommandError> {
    std::fs::read(path)
        .map_err(|error| CommandError::usage(format!("cannot read {}: {error}", path.display())))
}

/// `HOST:PORT:ADDRESS`; an IPv6 address may stand in brackets.
fn resolve(argument: &str) -> Result<Resolve, CommandError> {
    let parsed = (|| {
        let (host, rest) = argument.split_once(':')?;
        let (port, address) = rest.split_once(':')?;
        let address: IpAddr = address
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse()
            .ok()?;
        Some(Resolve {
            host: host.to_owned(),
            port: port.parse().ok()?,
            address,
        })
    })();
    parsed.ok_or_else(|| CommandError::usage(format!("--resolve {argument}: write HOST:PORT:ADDRESS")))
}
