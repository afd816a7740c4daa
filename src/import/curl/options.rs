//! curl's options: what each means for the request that is sent.

/// What an option means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Agent,
    Bearer,
    Cookie,
    Data,
    DataBinary,
    DataRaw,
    DataUrlencode,
    Form,
    FormString,
    Get,
    Globoff,
    Head,
    Header,
    Json,
    Location,
    MaxRedirects,
    MaxTime,
    Next,
    Compressed,
    Range,
    Referer,
    Request,
    Upload,
    Url,
    UrlQuery,
    User,
    /// It is of no account for what is sent.
    Nothing,
    /// The operator says it, with this option of `run`.
    OfRun(&'static str),
    /// A call sheet cannot say it.
    Refused(&'static str),
}

/// An option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) takes_value: bool,
    pub(super) meaning: Meaning,
}

/// Options by their long names, with their letters (or a blank) and whether they take a value.
const MEANT: [(&str, char, bool, Meaning); 28] = [
    ("compressed", ' ', false, Meaning::Compressed),
    ("cookie", 'b', true, Meaning::Cookie),
    ("data", 'd', true, Meaning::Data),
    ("data-ascii", ' ', true, Meaning::Data),
    ("data-binary", ' ', true, Meaning::DataBinary),
    ("data-raw", ' ', true, Meaning::DataRaw),
    ("data-urlencode", ' ', true, Meaning::DataUrlencode),
    ("form", 'F', true, Meaning::Form),
    ("form-string", ' ', true, Meaning::FormString),
    ("get", 'G', false, Meaning::Get),
    ("globoff", 'g', false, Meaning::Globoff),
    ("head", 'I', false, Meaning::Head),
    ("header", 'H', true, Meaning::Header),
    ("json", ' ', true, Meaning::Json),
    ("location", 'L', false, Meaning::Location),
    ("location-trusted", ' ', false, Meaning::Location),
    ("max-redirs", ' ', true, Meaning::MaxRedirects),
    ("max-time", 'm', true, Meaning::MaxTime),
    ("next", ':', false, Meaning::Next),
    ("oauth2-bearer", ' ', true, Meaning::Bearer),
    ("range", 'r', true, Meaning::Range),
    ("referer", 'e', true, Meaning::Referer),
    ("request", 'X', true, Meaning::Request),
    ("upload-file", 'T', true, Meaning::Upload),
    ("url", ' ', true, Meaning::Url),
    ("url-query", ' ', true, Meaning::UrlQuery),
    ("user", 'u', true, Meaning::User),
    ("user-agent", 'A', true, Meaning::Agent),
];

/// The network, which the operator of a run decides on.
const OF_RUN: [(&str, char, bool, &str); 10] = [
    ("cacert", ' ', true, "--ca"),
    ("capath", ' ', true, "--ca"),
    ("cert", 'E', true, "--client-cert"),
    ("connect-to", ' ', true, "--resolve"),
    ("insecure", 'k', false, "--ca"),
    ("key", ' ', true, "--client-key"),
    ("preproxy", ' ', true, "--proxy"),
    ("proxy", 'x', true, "--proxy"),
    ("resolve", ' ', true, "--resolve"),
    ("socks5-hostname", ' ', true, "--proxy"),
];

const REFUSED: [(&str, char, bool, &str); 17] = [
    ("abstract-unix-socket", ' ', true, "requests go over TCP"),
    ("aws-sigv4", ' ', true, "requests are not signed"),
    ("config", 'K', true, "write the options of that file out"),
    ("continue-at", 'C', true, "write the header Range"),
    ("digest", ' ', false, "there are the schemes basic and bearer"),
    ("etag-compare", ' ', true, "write the header If-None-Match"),
    ("negotiate", ' ', false, "there are the schemes basic and bearer"),
    ("netrc", 'n', false, "write the name and the password behind -u"),
    (
        "netrc-file",
        ' ',
        true,
        "write the name and the password behind -u",
    ),
    (
        "netrc-optional",
        ' ',
        false,
        "write the name and the password behind -u",
    ),
    ("ntlm", ' ', false, "there are the schemes basic and bearer"),
    (
        "path-as-is",
        ' ',
        false,
        "a URL is sent without dots between slashes",
    ),
    (
        "proxy-header",
        ' ',
        true,
        "run --proxy says how a proxy is reached",
    ),
    ("proxy-user", 'U', true, "run --proxy says how a proxy is reached"),
    ("request-target", ' ', true, "the target follows from the URL"),
    ("time-cond", 'z', true, "write the header If-Modified-Since"),
    ("unix-socket", ' ', true, "requests go over TCP"),
];

/// Options that say how curl shows, saves, waits or connects, each with its letter.
const FLAGS: &str = "alpn anyauth basic buffer cert-status create-dirs clobber disable/q fail/f fail-early fail-with-body \
    false-start http0.9 http1.0/0 http1.1 http2 http2-prior-knowledge http3 http3-only include/i ipv4/4 ipv6/6 \
    junk-session-cookies/j keepalive no-buffer/N npn parallel/Z parallel-immediate post301 post302 post303 \
    progress-bar/# progress-meter raw remote-header-name/J remote-name/O remote-name-all remove-on-error \
    retry-all-errors retry-connrefused sessionid show-error/S show-headers silent/s ssl ssl-allow-beast ssl-auto-client-cert \
    ssl-no-revoke ssl-reqd ssl-revoke-best-effort styled-output suppress-connect-headers tcp-fastopen tcp-nodelay \
    tlsv1/1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 tr-encoding trace-ids trace-time verbose/v xattr";

const VALUED: &str = "alt-svc ciphers connect-timeout cookie-jar/c create-file-mode curves dns-interface dns-ipv4-addr \
    dns-ipv6-addr dns-servers doh-url dump-header/D egd-file etag-save expect100-timeout happy-eyeballs-timeout-ms hsts \
    interface keepalive-time libcurl limit-rate local-port max-filesize noproxy output/o output-dir parallel-max proto \
    proto-default proto-redir random-file rate retry retry-delay retry-max-time speed-limit/Y speed-time/y stderr \
    tls-max tls13-ciphers trace trace-ascii trace-config write-out/w";

/// An option by its long name.
pub(super) fn by_name(name: &str) -> Option<Known> {
    let found = all()
        .find(|(known, _, _)| *known == name)
        .map(|(_, _, option)| option);
    found.or_else(|| {
        // Every option without a value can be taken back, and then nothing is said.
        let option = by_name(name.strip_prefix("no-").filter(|name| !name.starts_with("no-"))?)?;
        (!option.takes_value).then_some(Known {
            meaning: Meaning::Nothing,
            ..option
        })
    })
}

/// An option by its letter.
pub(super) fn by_letter(letter: char) -> Option<Known> {
    let found = all().find(|(_, known, _)| *known == letter && letter != ' ');
    found.map(|(_, _, option)| option)
}

/// The long names, to suggest one.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    all().map(|(name, _, _)| name)
}

fn all() -> impl Iterator<Item = (&'static str, char, Known)> {
    let listed = |names: &'static str, takes_value: bool| {
        names.split_ascii_whitespace().map(move |entry| {
            let (name, letter) = entry.split_once('/').unwrap_or((entry, " "));
            (
                name,
                letter.chars().next().unwrap_or(' '),
                takes_value,
                Meaning::Nothing,
            )
        })
    };
    MEANT
        .into_iter()
        .chain(
            OF_RUN
                .into_iter()
                .map(|(name, letter, takes, option)| (name, letter, takes, Meaning::OfRun(option))),
        )
        .chain(
            REFUSED
                .into_iter()
                .map(|(name, letter, takes, why)| (name, letter, takes, Meaning::Refused(why))),
        )
        .chain(listed(FLAGS, false))
        .chain(listed(VALUED, true))
        .map(|(name, letter, takes_value, meaning)| (name, letter, Known { takes_value, meaning }))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_name_and_letter_means_one_thing() {
        let mut seen = HashSet::new();
        for (name, letter, _) in all() {
            assert!(seen.insert(name.to_owned()), "{name}");
            assert!(letter == ' ' || seen.insert(letter.to_string()), "{letter}");
        }
        assert_eq!(
            by_name("no-compressed").map(|option| option.meaning),
            Some(Meaning::Nothing)
        );
        assert_eq!(by_name("no-request"), None);
        assert_eq!(by_letter(' '), None);
    }
}
