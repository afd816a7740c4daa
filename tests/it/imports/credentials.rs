//! No sheet holds a credential.

use callsheet::diagnostic::Diagnostics;
use callsheet::import::{self, Options};
use callsheet::registry;
use callsheet::source::Source;
use proptest::prelude::*;

use crate::support::{Answer, Project, Server};

/// Requests with a secret in one place of each, as curl commands.
const PLACES: [&str; 16] = [
    "-H 'Authorization: Bearer SECRET'",
    "-H 'Authorization: SECRET'",
    "-H 'authorization: Token SECRET'",
    "-H 'X-Api-Key: SECRET'",
    "-H 'X-My-Client-Secret: SECRET'",
    "-H 'Cookie: sid=SECRET; theme=dark'",
    "-b sid=SECRET",
    "-u jo:SECRET",
    "-u SECRET:",
    "--oauth2-bearer SECRET",
    "-d password=SECRET",
    "--data-urlencode access_token=SECRET -G",
    "--json '{\"a\": [{\"apiKey\": \"SECRET\"}]}'",
    "--json '{\"variables\": \"{\\\"password\\\": \\\"SECRET\\\"}\"}'",
    "-H 'Content-Type: application/xml' -d '<a><Password>SECRET</Password></a>'",
    "-F client_secret=SECRET",
];

proptest! {
    #[test]
    fn no_sheet_holds_a_credential(
        secret in "[A-Za-z0-9][A-Za-z0-9._~/-]{14,30}[0-9]",
        place in prop::sample::select(PLACES.to_vec()),
        again in any::<bool>(),
    ) {
        let mut command = format!("curl https://api.test/x {}", place.replace("SECRET", &secret));
        if again {
            // Where it is known to be one, it is one wherever it stands.
            command = format!("curl 'https://api.test/y/{secret}?z={secret}' -H 'X-A: <{secret}>' -d 'some {secret}'\n{command}");
        }
        let kind = registry::find(import::KINDS, "curl").expect("curl");
        let mut diagnostics = Diagnostics::default();
        let imported = import::import(kind, &Source::new("a.sh", command.as_str()), &Options::default(), &mut diagnostics);
        let imported = imported.unwrap_or_else(|| panic!("{command}\n{diagnostics:?}"));
        let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        for form in [&secret, &encoded] {
            prop_assert!(!imported.text.contains(form.as_str()), "{}\n{}", command, imported.text);
            prop_assert!(imported.secrets.iter().all(|known| !known.what.contains(form.as_str())), "{:?}", imported.secrets);
        }
        prop_assert!(!imported.secrets.is_empty());
        // The control: what has no such name stays.
        let plain = format!("curl https://api.test/x -H 'X-Text: {secret}'");
        let mut diagnostics = Diagnostics::default();
        let imported = import::import(kind, &Source::new("a.sh", plain), &Options::default(), &mut diagnostics).expect("sound");
        prop_assert!(imported.text.contains(&secret));
    }
}

/// What comes behind `curl`, with a secret where nothing simple tells its end, or its name stands elsewhere.
const SHAPES: [&str; 63] = [
    r#"U -H 'Content-Type: multipart/form-data; boundary=B' --data-raw $'--B\r\nContent-Disposition: form-data; name="password"\r\n\r\nSECRET\r\n--B--\r\n'"#,
    r#"U -H 'Content-Type: multipart/mixed; boundary=B' --data-raw $'--B\r\nContent-Type: application/http\r\n\r\nGET /x HTTP/1.1\r\nAuthorization: Token SECRET\r\n\r\n--B--\r\n'"#,
    "https://SECRET@api.test/x",
    "https://SECRET:@api.test/x",
    "https://jo:SECRET@$HOST/x",
    "-u SECRET U",
    "-d 'a=1&b=2&a=3&user[password]=SECRET' U",
    "-d 'a=1&b=2&a=3&user%5Bpassword%5D=SECRET' U",
    "-d 'a=1&b=2&a=3&d=%7B%22password%22%3A%22SECRET%22%7D' U",
    "-d 'flag&user[password]=SECRET' U",
    "-d 'd=%7B%22password%22%3A%22SECRET%22%7D' U",
    "-d 'password:SECRET=1' U",
    "'U?q=a%20b&r=https%3A%2F%2Fh%2F%3Faccess_token%3DSECRET'",
    "'U?q=a%20b&r=%7B%22password%22%3A%22a&SECRET%22%7D'",
    "'U?r=https%253A%252F%252Fh%252F%253Faccess_token%253DSECRET'",
    "'U?q=a%20b&api%5Fkey=SECRET'",
    "'U?a=1;api_key=SECRET'",
    "'U?u=https://jo:SECRET@h/'",
    "U/access_token%3DSECRET/y",
    "'U;jsessionid=SECRET'",
    r#"--json '{"d":"password=a\"SECRET"}' U"#,
    r#"--json $'{"d":"password=\'SECRET"}' U"#,
    r#"--json '{"d":"password=<SECRET"}' U"#,
    r#"--json '{"d":"password=a,SECRET"}' U"#,
    r#"--json '{"d":"password=a;SECRET"}' U"#,
    r#"--json '{"d":"password=a=b=SECRET"}' U"#,
    r#"--json '{"d":"{\"password\":\"a\\\"SECRET\"}"}' U"#,
    r#"--json '{"query":"{a(token: \"\"\"SECRET\"\"\")}"}' U"#,
    r#"--json '{"query":"mutation{login(pin:SECRET)}"}' U"#,
    r#"--json '{"d":"{\"pin\":SECRET}"}' U"#,
    r#"--json '{"a":1,"a":2,"password":"x\"SECRET"}' U"#,
    r#"--json '{"a":1,"a":2,"pass\u0077ord":"SECRET"}' U"#,
    r#"--json '{"password":"SECRET",}' U"#,
    "-H 'Content-Type: application/yaml' -d 'password: SECRET' U",
    r#"-H 'Content-Type: text/xml' -d '<wsse:Password Type="x">SECRET</wsse:Password>' U"#,
    "-H 'Content-Type: application/xml' -d '<password><![CDATA[SECRET]]></password>' U",
    r#"-H 'Content-Type: application/xml' -d '<u password="SECRET"/>' U"#,
    r#"--json '{"password":{"value":"SECRET"}}' U"#,
    r#"--json '{"credentials":{"user":"a","value":"SECRET"}}' U"#,
    r#"--json '[{"name":"Authorization","value":"SECRET"}]' U"#,
    r#"--json '[["password","SECRET"]]' U"#,
    r#"--json '{"Cookie":"SECRET"}' U"#,
    r#"--json '{"db":"postgres://jo:SECRET@db/x"}' U"#,
    "-e https://jo:SECRET@h.test/ U",
    "-H 'Referer: https://h.test/?access_token=SECRET' U",
    "-H 'Sec-WebSocket-Protocol: bearer, SECRET' U",
    "-H 'Authorization: SECRET rest' U",
    "-H 'Authorization: Digest username=\"u\", response=\"SECRET\"' U",
    "-H \"Cookie: lang=$L;connect=SECRET\" U",
    "-b \"lang=$L; SECRET\" U",
    "-u \"jo:SECRET$X\" U",
    "-H \"Authorization: Bearer SECRET$X\" U",
    "-d \"a=1&a[]=2&a=3&password=SECRET&b=$X\" U",
    r#"--json "{\"id\":$X,\"password\":\"SECRET\"}" U"#,
    r#"--json "{\"password\":\"$X-SECRET\"}" U"#,
    "-H 'DD-APPLICATION-KEY: SECRET' U",
    "-H 'X-Auth-Email-Key: SECRET' U",
    "-H 'X-OTP: SECRET' U",
    "-F 'd={\"password\":\"SECRET\"}' U",
    "-H 'X-Api-Key: SECRET' -d 'SECRET=1' U",
    "-H 'X-Api-Key: SECRET' --json '{\"SECRET\":1}' U",
    "-H 'X-Api-Key: SECRET' 'U?SECRET'",
    r#"--json '{"pin":SECRET,"x":SECRET,"y":"a SECRET b"}' U"#,
];

#[test]
fn what_names_a_credential_and_is_no_tree_is_one_secret() {
    for shape in SHAPES {
        let secret = "48151623421";
        let command = format!("curl {shape}").replace("SECRET", secret);
        let command = command.replace('U', "https://api.test/x");
        let project = Project::empty().file("line.sh", &command);
        project
            .callsheet("import curl line.sh")
            .exits(0)
            .does_not_say(secret);
        project.callsheet("import curl line.sh -o sheet.yaml").exits(0);
        project.callsheet("check sheet.yaml").exits(0);
    }
    // In another form than ours.
    for place in [
        "'U?a=b%20c&t=abc%2fDEFG%2bhijk12%3d%3d'",
        "'U?t=abc/DEFG%2Bhijk12%3D%3D'",
        "U/abc%2fDEFG%2bhijk12%3d%3d",
        r#"--json '{"a": "abc\\/DEFG+hijk12=="}' U"#,
    ] {
        let command = format!("curl -H 'X-Api-Key: abc/DEFG+hijk12==' {place}");
        Project::empty()
            .file("line.sh", &command.replace('U', "https://api.test/x"))
            .callsheet("import curl line.sh")
            .exits(0)
            .does_not_say("DEFG");
    }
    for params in [
        r#"[{"name": "a", "value": "1"}, {"name": "user[password]", "value": "SECRET"}, {"name": "a", "value": "2"}]"#,
        r#"[{"name": "d", "value": "{\"password\":\"SECRET\"}"}]"#,
    ] {
        let archive = format!(
            r#"{{"log": {{"entries": [{{"request": {{"method": "POST", "url": "https://api.test/x", "headers": [],
            "postData": {{"mimeType": "application/x-www-form-urlencoded", "params": {params}}}}},
            "response": {{"status": 200}}}}]}}}}"#
        );
        Project::empty()
            .file("a.har", &archive.replace("SECRET", "a-secret-of-params"))
            .callsheet("import har a.har")
            .exits(0)
            .does_not_say("a-secret-of-params");
    }
}

#[test]
fn a_whole_secret_is_sent_as_it_was() {
    let server = Server::start(|_| Answer::status(204));
    let target = "/a;jsessionid=b%2fc/d?q=a%20b&api%5Fkey=c+d%2f&r=1";
    let body = "a=1&b=${{ x }}&a=2&password=c%2fd";
    let command = format!(
        "curl -d '{body}' '{}{target}'",
        server.url().replace("://", "://jo@")
    );
    let project = Project::empty().file("line.sh", &command);
    project
        .callsheet("import curl line.sh -o sheet.yaml")
        .exits(0)
        .says("set PASSWORD:");
    project
        .callsheet("run sheet.yaml --allow-host 127.0.0.1")
        .env("USERNAME", "jo")
        .env("PASSWORD", body)
        .env("SESSIONID", "a;jsessionid=b%2fc")
        .env("API_KEY", "c+d%2f")
        .exits(0);
    let received = server.received();
    assert_eq!(received[0].target, target);
    assert_eq!(received[0].text(), body);
    assert_eq!(received[0].header("authorization"), "Basic am86");
}
