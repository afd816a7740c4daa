//! Rows: a redirect to another origin, and what of each kind of credential goes there.

use std::sync::{Arc, Mutex};

use super::certificates;
use super::matrix::Playable;
use super::server::{Act, Asked, Peer, Script, answer, by_request};
use super::verdict::{Verdict, told};
use crate::support::Project;

/// What nobody but the first origin may read.
const SECRET: &str = "hunter2-0123456789";
/// What the project's user name and `SECRET` look like in HTTP's Basic scheme.
const BASIC: &str = "ZXZlOmh1bnRlcjItMDEyMzQ1Njc4OQ==";

/// Where a redirect leads, seen from where the request went at first.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Move {
    /// Another path.
    Same,
    Port,
    Host,
    /// From https to http.
    Down,
    /// From http to https.
    Up,
    SubDomain,
    /// To another port and from there to the first origin.
    AndBack,
}

impl Move {
    const ALL: [(Move, &'static str); 7] = [
        (Move::Same, "on one origin"),
        (Move::Port, "to another port"),
        (Move::Host, "to another host"),
        (Move::Down, "from https to http"),
        (Move::Up, "from http to https"),
        (Move::SubDomain, "to a sub-domain"),
        (Move::AndBack, "there and back"),
    ];

    /// Scheme and host of the request, and of the redirect's target.
    fn origins(self) -> (&'static str, &'static str) {
        match self {
            Move::Same | Move::Port | Move::AndBack => ("http://a.localhost", "http://a.localhost"),
            Move::Host => ("http://a.localhost", "http://b.localhost"),
            Move::Down => ("https://a.localhost", "http://a.localhost"),
            Move::Up => ("http://a.localhost", "https://a.localhost"),
            Move::SubDomain => ("http://a.localhost", "http://b.a.localhost"),
        }
    }
}

/// Where a run may send things.
#[derive(Clone, Copy, PartialEq)]
enum Bounds {
    /// Anywhere, as long as it has no secret.
    None,
    /// To the first origin: others are not called.
    Home,
    /// The operator allows the other origin as well: it is called, without the credential.
    Both,
}

impl Bounds {
    const ALL: [(Bounds, &'static str); 3] = [
        (Bounds::None, "in a run without secrets"),
        (Bounds::Home, "in a run of one host"),
        (Bounds::Both, "in a run of both hosts"),
    ];
}

/// A way to say who a request is from.
#[derive(Clone, Copy)]
struct Credential {
    name: &'static str,
    /// Lines of the step.
    step: &'static str,
    /// What is looked for on the wire.
    sign: &'static str,
    /// True if it is a secret to the run, which then has to have a host.
    is_secret: bool,
}

const CREDENTIALS: [Credential; 12] = [
    secret(
        "basic",
        "auth: { basic: { username: eve, password: hunter2-0123456789 } }",
        BASIC,
    ),
    secret("a bearer token", "auth: { bearer: hunter2-0123456789 }", SECRET),
    secret(
        "a key in a header",
        "auth: { api_key: { header: X-Key, value: hunter2-0123456789 } }",
        SECRET,
    ),
    secret(
        "a key in a cookie",
        "auth: { api_key: { cookie: key, value: hunter2-0123456789 } }",
        SECRET,
    ),
    secret(
        "a key in the query",
        "auth: { api_key: { query: key, value: hunter2-0123456789 } }",
        SECRET,
    ),
    plain(
        "an Authorization header",
        "headers: { Authorization: Digest hunter2-0123456789 }",
    ),
    plain(
        "an X-Api-Key header",
        "headers: { X-Api-Key: hunter2-0123456789 }",
    ),
    plain("a Cookie header", "headers: { Cookie: id=hunter2-0123456789 }"),
    plain("a cookie", "cookies: { id: hunter2-0123456789 }"),
    secret(
        "a secret in a header of any name",
        "headers: { X-Trace: \"${{ key }}\" }",
        SECRET,
    ),
    secret(
        "a secret as a bearer token",
        "auth: { bearer: \"${{ key }}\" }",
        SECRET,
    ),
    secret(
        "a secret in the query",
        "query: { trace: \"${{ key }}\" }",
        SECRET,
    ),
];

const fn plain(name: &'static str, step: &'static str) -> Credential {
    Credential {
        name,
        step,
        sign: SECRET,
        is_secret: false,
    }
}

const fn secret(name: &'static str, step: &'static str, sign: &'static str) -> Credential {
    Credential {
        name,
        step,
        sign,
        is_secret: true,
    }
}

/// A request with a credential that is redirected.
pub(super) struct Trip {
    credential: Credential,
    leads: Move,
    direction: &'static str,
    bounds: Bounds,
    sent: &'static str,
    method: &'static str,
}

/// Each credential on each way in each kind of run, for GET and POST.
pub(super) fn trips() -> Vec<Trip> {
    let mut trips = Vec::new();
    for credential in CREDENTIALS {
        for (leads, direction) in Move::ALL {
            for (bounds, sent) in Bounds::ALL {
                if bounds == Bounds::None && credential.is_secret {
                    continue;
                }
                trips.extend(["GET", "POST"].map(|method| Trip {
                    credential,
                    leads,
                    direction,
                    bounds,
                    sent,
                    method,
                }));
            }
        }
    }
    trips
}

impl Trip {
    /// What must come of it.
    fn verdict(&self) -> Verdict {
        match (self.leads, self.bounds) {
            (Move::Same, _) => Verdict::Passes,
            (Move::Down, _) => Verdict::error("redirect", "prepare"),
            (_, Bounds::Home) => Verdict::error("refused", "prepare"),
            (_, Bounds::None | Bounds::Both) => Verdict::Passes,
        }
    }

    fn project(&self, home: &str) -> Project {
        // A base URL would bind the run to its host.
        let (url, project) = if self.bounds == Bounds::None {
            (format!("{home}/home"), "project: p\n".to_owned())
        } else {
            let project = format!(
                "project: p\ndefault_environment: here\ninputs:\n  base_url: {{ description: where }}\n  \
                 key: {{ secret: true, env: KEY }}\nenvironments:\n  here: {{ inputs: {{ base_url: \"{home}\" }} }}\n\
                 defaults: {{ base_url: \"${{{{ base_url }}}}\" }}\n"
            );
            ("/home".to_owned(), project)
        };
        let body = if self.method == "POST" {
            "    text: hello\n"
        } else {
            ""
        };
        let collection = format!(
            "collection: c\nsteps:\n  - {}: {url}\n    timeout: 30s\n{body}    {}\n",
            self.method, self.credential.step
        );
        Project::empty()
            .file("callsheet.yaml", &project)
            .file("collections/c.yaml", &collection)
            .file("ca.pem", &certificates::trusted_pem())
    }
}

/// A peer, behind TLS if its origin says so.
fn at(origin: &str, respond: impl Fn(&Asked) -> Vec<Act> + Send + Sync + 'static) -> Peer {
    let script = by_request(respond);
    let script: Script = match origin.starts_with("https") {
        true => Arc::new(move |number| [vec![Act::Tls(certificates::good())], script(number)].concat()),
        false => script,
    };
    Peer::start(script)
}

fn to(location: &str) -> Vec<Act> {
    vec![answer(&format!("307 X\r\nLocation: {location}"), "moved")]
}

impl Playable for Trip {
    fn title(&self) -> String {
        format!(
            "{} with {}, redirected {} {}",
            self.method, self.credential.name, self.direction, self.sent
        )
    }

    fn play(&self) -> Result<(), String> {
        let (home_origin, away_origin) = self.leads.origins();
        // The peers point to each other, and each has its port only once it is there.
        let (home_url, away_url) = (
            Arc::new(Mutex::new(String::new())),
            Arc::new(Mutex::new(String::new())),
        );
        let target = Arc::clone(&away_url);
        let leads = self.leads;
        let home = at(home_origin, move |asked| {
            match asked.target.starts_with("/home") {
                true if leads == Move::Same => to("/there"),
                true => to(&format!("{}/there", target.lock().expect("the URL"))),
                false => vec![answer("200 OK", "hello")],
            }
        });
        let target = Arc::clone(&home_url);
        let away = at(away_origin, move |_| match leads {
            Move::AndBack => to(&format!("{}/back", target.lock().expect("the URL"))),
            _ => vec![answer("200 OK", "hello")],
        });
        let url = |origin: &str, peer: &Peer| format!("{origin}:{}", peer.port());
        *home_url.lock().expect("the URL") = url(home_origin, &home);
        *away_url.lock().expect("the URL") = url(away_origin, &away);
        let project = self.project(&url(home_origin, &home));
        let mut run = project
            .callsheet("run --json --report junit=junit.xml --no-log --ca ca.pem")
            .env("KEY", SECRET);
        if self.bounds == Bounds::Both {
            let host = url(away_origin, &away);
            let host = host.split("//").last().unwrap_or_default();
            run = run.argument("--allow-host").argument(host);
        }
        let ran = run.ends();
        let junit = std::fs::read_to_string(project.path().join("junit.xml")).unwrap_or_default();
        let verdict = self.verdict();
        let mut wrong = verdict.wrong(self.method, 1, &ran, &junit);

        let mut expect = |what: &str, wanted: usize, found: usize| {
            if wanted != found {
                wrong.push(format!("{what}: expected {wanted}, found {found}"));
            }
        };
        let passes = verdict == Verdict::Passes;
        let (at_home, there) = (home.requests(), away.requests());
        let comes_back = passes && matches!(self.leads, Move::Same | Move::AndBack);
        expect("requests at home", 1 + usize::from(comes_back), at_home.len());
        expect(
            "requests away",
            usize::from(passes && self.leads != Move::Same),
            there.len(),
        );
        expect("connections away", there.len(), away.connections());
        let holds = |asked: &&Asked| asked.text.contains(self.credential.sign);
        expect(
            "credentials in the first request",
            1,
            at_home.iter().take(1).filter(holds).count(),
        );
        // On one origin a credential stays; what is in the query goes where the server says.
        let stays = self.leads == Move::Same && !self.credential.step.contains("query");
        expect(
            "credentials in later requests at home",
            usize::from(stays),
            at_home.iter().skip(1).filter(holds).count(),
        );
        let received = String::from_utf8_lossy(&away.received()).into_owned();
        expect(
            "credentials away",
            0,
            received.matches(self.credential.sign).count(),
        );
        match wrong.is_empty() {
            true => Ok(()),
            false => Err(format!("{}\n{}", wrong.join("\n  "), told(&ran))),
        }
    }
}
