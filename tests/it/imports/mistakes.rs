//! What cannot be imported is told, with its place and without what was given.

use crate::support::Project;

#[test]
fn what_cannot_be_imported_is_told_with_its_place_and_without_its_credentials() {
    const SECRET: &str = "a-token-nobody-may-see";
    let entry = |request: &str| {
        let headers = format!("[{{\"name\": \"Authorization\", \"value\": \"Bearer {SECRET}\"}}]");
        format!(
            "{{\"log\": {{\"entries\": [\n  {{\"request\": {}, \"response\": {{\"status\": 200}}}}\n]}}}}",
            request.replace("HEADERS", &headers)
        )
    };
    let deep = format!("{{\"log\": {}", "[".repeat(100_000));
    let unknown_depth = format!("{{\"x\": {}", "[".repeat(1_000_000));
    for (format, text, place, message) in [
        (
            "curl",
            format!("curl https://a.test -H 'Authorization: Bearer {SECRET}' --hedaer x"),
            "input:1:71",
            "did you mean `--header`?",
        ),
        (
            "curl",
            format!("curl https://a.test -H 'Authorization: Bearer {SECRET}"),
            "input:1:24",
            "this quote is never closed",
        ),
        (
            "curl",
            format!("curl https://a.test -u jo:{SECRET} \\\n  --data \"$(cat x)\""),
            "input:2:11",
            "the shell runs a command here",
        ),
        (
            "curl",
            format!("curl https://a.test -b sid={SECRET} -d @/etc/passwd"),
            "input:1:54",
            "outside of its project",
        ),
        (
            "curl",
            format!("curl 'https://a.test/{{a,b}}?token={SECRET}'"),
            "input:1:6",
            "several URLs",
        ),
        (
            "curl",
            "curl ftp://a.test/".to_owned(),
            "input:1:6",
            "http and https alone",
        ),
        (
            "curl",
            "curl https://a.test -F 'a=b;type=c/d'".to_owned(),
            "input:1:24",
            "a part that is a text has no type",
        ),
        (
            "curl",
            "curl https://a.test -H 'Host: b.test'".to_owned(),
            "input:1:6",
            "cannot set the header Host",
        ),
        (
            "curl",
            "ls -la".to_owned(),
            "input:1:1",
            "no curl command is here",
        ),
        (
            "curl",
            "ls; curl".to_owned(),
            "input:1:5",
            "this call of curl names no URL",
        ),
        (
            "har",
            entry(
                "{\"method\": \"POST\", \"url\": \"https://a/\", \"headers\": HEADERS, \"postData\": {\"mimeType\": \"multipart/form-data\", \"params\": [{\"name\": \"f\", \"fileName\": \"\"}]}}",
            ),
            "input:2:",
            "a file that nobody chose",
        ),
        (
            "har",
            format!("token={SECRET}"),
            "input:1:2",
            "this is no archive",
        ),
        (
            "har",
            entry("{\"url\": \"https://a.test\", \"headers\": HEADERS}"),
            "input:2:",
            "missing field `method`",
        ),
        (
            "har",
            entry("{\"method\": \"GET\", \"url\": 5, \"headers\": HEADERS}"),
            "input:2:",
            "invalid type: integer, expected a string",
        ),
        (
            "har",
            entry("{\"method\": \"GET\", \"url\": \"https://a b/\", \"headers\": HEADERS}"),
            "input:2:33",
            "the URL of this request is none",
        ),
        (
            "har",
            entry(&format!(
                "{{\"method\": \"GET\", \"url\": \"https://a/\", \"headers\": \"{SECRET}\"}}"
            )),
            "input:2:",
            "a text, expected a sequence",
        ),
        (
            "har",
            entry(
                "{\"method\": \"PUT\", \"url\": \"https://a/\", \"headers\": HEADERS, \"postData\": {\"text\": \"%\", \"encoding\": \"base64\"}}",
            ),
            "input:2:",
            "is not base64",
        ),
        ("har", deep, "input:1:", "EOF while parsing a list"),
        ("har", unknown_depth, "input:1:", "EOF while parsing"),
    ] {
        Project::empty()
            .file("input", &text)
            .callsheet(&format!("import {format} input"))
            .exits(2)
            .says(message)
            .says(place)
            .does_not_say(SECRET);
    }
    for format in ["curl", "har"] {
        Project::empty()
            .bytes("input", b"curl \xff")
            .callsheet(&format!("import {format} input"))
            .exits(2)
            .says("cannot read input: not UTF-8 (byte 5)");
    }
}

#[test]
fn limits_are_told() {
    let large = vec![b' '; 4 * 1024 * 1024 + 1];
    Project::empty()
        .bytes("input", &large)
        .callsheet("import curl input")
        .exits(2)
        .says("over the limit of 4 MiB");
    // A body that is sent to many URLs is not copied for each of them.
    let many = format!("curl -d '{}' {}", "x".repeat(1_000_000), "h ".repeat(4_000));
    Project::empty()
        .file("input", &many)
        .callsheet("import curl input")
        .exits(2)
        .says("says too much to too many URLs");
    let variables: String = (0..1_001).map(|number| format!("\"$v{number}\" ")).collect();
    Project::empty()
        .file("input", &format!("curl https://a.test/{variables}"))
        .callsheet("import curl input")
        .exits(2)
        .says("more than 1000 variables");
    let marks: String = (0..1_000)
        .map(|number| format!("shellvariable{number}x "))
        .collect();
    Project::empty()
        .file("input", &format!("curl \"https://a.test/$ID\" -d '{marks}'"))
        .callsheet("import curl input")
        .exits(0)
        .says("https://a.test")
        .says("shellvariable999x");
    let many = "curl https://a.test/b\n".repeat(5001);
    Project::empty()
        .file("input", &many)
        .callsheet("import curl input")
        .exits(2)
        .says("more than 5000 requests");
    let members: Vec<String> = (0..1001)
        .map(|number| format!("\"token{number}token\": \"value-{number}\""))
        .collect();
    Project::empty()
        .file(
            "input",
            &format!("curl --json '{{{}}}' https://a.test/", members.join(",")),
        )
        .callsheet("import curl input")
        .exits(2)
        .says("more than 1000 credentials");
    // Of many mistakes some are told.
    let mistakes = "curl https://a.test/ --digest\n".repeat(30);
    Project::empty()
        .file("input", &mistakes)
        .callsheet("import curl input")
        .exits(2)
        .says("input:20:")
        .does_not_say("input:21:")
        .says("and 10 more like these");
    // A body of more values than a tree should have is a text.
    let numbers = vec!["1"; 60_000].join(",");
    Project::empty()
        .file("input", &format!("curl --json '[{numbers}]' https://a.test/"))
        .callsheet("import curl input")
        .exits(0)
        .says("    text: \"[1,1");
}

#[test]
fn no_message_about_a_command_holds_what_was_given_to_it() {
    const KEY: &str = "kanarienvogel77x";
    for line in [
        "curl 'https://joe:KEY@h:99999/'",
        "curl -x http://joe:KEY@proxy:3128 https://api.shop.test/x",
        "curl --proxy-user joe:KEY https://api.shop.test/x",
        "curl -U joe:KEY https://api.shop.test/x",
        "curl -E c.pem:KEY https://api.shop.test/x",
        "curl --cert=c:KEY https://api.shop.test/x",
        "curl --us joe:KEY https://api.shop.test/x",
        "curl --user:joe:KEY https://api.shop.test/x",
        "curl KEY://api.shop.test/x",
        "curl -H 'X-Api-Key KEY' https://api.shop.test/x",
        "curl https://api.shop.test/x <<< 'KEY'",
        "curl -b 'a=KEY",
        "curl -ujoe:KEY 'https://api.shop.test/[1-3]'",
        "curl 'https://api.shop.test/[1-3]?key=KEY'",
        "curl -H $'X-Api-Key: KEY\\x01' https://api.shop.test/x",
        "curl -sSu joe:KEY",
        "curl --oauth2-bearer \"it'sKEY\" 'https://api.shop.test/[1-3]'",
        "curl -F 'file=@/KEY;type=x' https://api.shop.test/x",
        "$s.Cookies.Add((New-Object System.Net.Cookie(\"sess\", \"KEY\")))",
    ] {
        let ran = Project::empty()
            .file("a.sh", &line.replace("KEY", KEY))
            .callsheet("import curl a.sh")
            .ends();
        assert!(!ran.all().contains(KEY), "{line}\n{}", ran.all());
        assert!(!ran.stderr.is_empty(), "{line}");
    }
}
