//! `callsheet export`: requests for other tools, collections for a wiki, and nothing sent.

use crate::support::{Project, Ran};

const PROJECT: &str = "\
project: a test
inputs:
  base_url: { description: where it answers }
  tenant: { default: acme }
  api_key: { secret: true, env: EXPORT_API_KEY }
environments:
  live: { inputs: { base_url: https://api.test } }
sessions:
  keys:
    login: { use: recipes/log-in.yaml, with: { key: \"${{ api_key }}\" } }
    headers: { Authorization: \"Bearer ${{ login.token }}\" }
defaults:
  base_url: ${{ base_url }}
  headers: { X-Tenant: \"${{ tenant }}\" }
";

const RECIPE: &str = "\
recipe: log in
inputs:
  key: { secret: true }
steps:
  - name: exchange the key
    POST: /login
    json: { key: \"${{ key }}\" }
    expect: { status: 200 }
    capture: { token: { json: $.token, secret: true } }
outputs:
  token: ${{ token }}
";

const SHEET: &str = "\
collection: contacts
session: keys
cases:
  - name: contacts
    tags: [smoke]
    steps:
      - name: list
        GET: /contacts
        query: { q: \"a b\", tenant: \"${{ tenant }}\" }
        expect: { status: 200, $.data: { length: { gte: 1 } } }
        capture: { contact_id: '$.data[0].id' }
      - name: change it
        PATCH: /contacts/${{ contact_id }}
        json: { name: Jo's, of: \"${{ contact_id }}\" }
      - name: a while
        wait: 2s
      - name: log in
        session: none
        use: ../recipes/log-in.yaml
        with: { key: \"${{ api_key }}\" }
        as: fresh
      - name: half of it
        GET: /contacts/${{ contact_id / 2 }}
";

fn project() -> Project {
    Project::empty()
        .file("callsheet.yaml", PROJECT)
        .file("recipes/log-in.yaml", RECIPE)
        .file("collections/c.yaml", SHEET)
}

fn exported(arguments: &str) -> Ran {
    project()
        .callsheet(&format!("export {arguments}"))
        .env("EXPORT_API_KEY", "a-key-that-nobody-may-see")
        .exits(0)
        .does_not_say("a-key-that-nobody-may-see")
        .does_not_say("unknown-")
}

#[test]
fn what_a_run_alone_can_know_is_a_shell_variable() {
    let ran = exported("curl --env live");
    let expected = "\
# login of the session keys › exchange the key
# TOKEN is $.token of the answer
curl -H 'X-Tenant: acme' -H 'content-type: application/json' --data-raw '{\"key\":\"'\"$EXPORT_API_KEY\"'\"}' \
https://api.test/login

# contacts › list
curl -H 'X-Tenant: acme' -H 'Authorization: Bearer '\"$TOKEN\" 'https://api.test/contacts?q=a+b&tenant=acme'

# contacts › change it
curl -X PATCH -H 'X-Tenant: acme' -H 'Authorization: Bearer '\"$TOKEN\" -H 'content-type: application/json' \
--data-raw '{\"name\":\"Jo'\\''s\",\"of\":\"'\"$CONTACT_ID\"'\"}' https://api.test/contacts/\"$CONTACT_ID\"

# contacts › log in › exchange the key
curl -H 'X-Tenant: acme' -H 'content-type: application/json' --data-raw '{\"key\":\"'\"$EXPORT_API_KEY\"'\"}' \
https://api.test/login

# contacts › half of it
# not exported: ";
    assert!(ran.stdout.starts_with(expected), "{}", ran.stdout);
    // An address that nobody gave is a variable too.
    exported("curl --step list").says("\"$BASE_URL\"'/contacts?q=a+b&tenant=acme'");
}

#[test]
fn a_variable_is_called_as_it_likes_where_nobody_gave_the_address() {
    let project = "project: p\ninputs: { base_url: { description: where } }\ndefaults: { base_url: '${{ base_url }}' }\n";
    for name in ["id", "base", "url", "valid", "e", "http"] {
        let sheet = format!(
            "collection: c\nsteps:\n  - GET: /list\n    capture: {{ them: $.ids }}\n  \
             - GET: '/orders/${{{{ {name} }}}}'\n    for: {{ {name}: '${{{{ them }}}}' }}\n"
        );
        Project::empty()
            .file("callsheet.yaml", project)
            .file("collections/c.yaml", &sheet)
            .callsheet("export curl")
            .exits(0)
            .says(&format!("curl \"$BASE_URL\"/orders/\"${}\"", name.to_uppercase()));
    }
}

#[test]
fn an_http_file_has_a_request_a_part() {
    let ran = exported("http --env live --step list --step change*");
    let expected = "\
### login of the session keys › exchange the key
# TOKEN is $.token of the answer
POST https://api.test/login
X-Tenant: acme
content-type: application/json

{\"key\":\"{{EXPORT_API_KEY}}\"}

### contacts › list
GET https://api.test/contacts?q=a+b&tenant=acme
X-Tenant: acme
Authorization: Bearer {{TOKEN}}

### contacts › change it
PATCH https://api.test/contacts/{{CONTACT_ID}}
X-Tenant: acme
Authorization: Bearer {{TOKEN}}
content-type: application/json

{\"name\":\"Jo's\",\"of\":\"{{CONTACT_ID}}\"}
";
    assert_eq!(ran.stdout, expected);
}

/// Runs commands in the project with this sheet and this mock, with a key that none of them may show.
fn beside(sheet: &str, mock: &str) -> impl Fn(&str, i32) -> Ran {
    let project = project()
        .file("collections/c.yaml", sheet)
        .file("m.yaml", mock)
        .file(
            "callsheet.yaml",
            &PROJECT.replace("environments:\n", "environments:\n  mock: { mock: m.yaml }\n"),
        );
    move |arguments, code| {
        let command = project.callsheet(arguments);
        let ran = command
            .env("EXPORT_API_KEY", "a-key-that-nobody-may-see")
            .exits(code);
        ran.does_not_say("that-nobody-may-see")
    }
}

#[test]
fn a_run_and_an_export_name_the_variables_of_a_request_alike() {
    let sheet = "\
collection: names
session: keys
steps:
  - name: all of them
    POST: /things
    headers: { X-Key: \"${{ api_key }}\", X-Api-Key: \"written here\" }
    json: { key: \"${{ api_key }}\" }
    expect: { status: 599 }
";
    let mock = "\
mock: names
routes:
  - POST: /login
    respond: { json: { token: a-token-that-nobody-may-see } }
  - POST: /things
    respond: { json: {} }
";
    let say = beside(sheet, mock);
    let ran = say("run --env mock", 1);
    let exported = say("export curl --env mock --step all*", 0);
    for part in [
        "-H 'X-Key: '\"$EXPORT_API_KEY\"",
        "-H 'X-Api-Key: '\"$X_API_KEY\"",
        "-H 'Authorization: Bearer '\"$TOKEN\"",
        "{\"key\":\"'\"$EXPORT_API_KEY\"'\"}",
    ] {
        assert!(ran.stdout.contains(part), "{part} of a run\n{}", ran.stdout);
        assert!(
            exported.stdout.contains(part),
            "{part} of an export\n{}",
            exported.stdout
        );
    }
    let file = say("export http --env mock --step all*", 0);
    for part in [
        "X-Key: {{EXPORT_API_KEY}}\n",
        "X-Api-Key: {{X_API_KEY}}\n",
        "Authorization: Bearer {{TOKEN}}\n",
        "{\"key\":\"{{EXPORT_API_KEY}}\"}",
    ] {
        assert!(file.stdout.contains(part), "{part} of a file\n{}", file.stdout);
    }
    assert!(!file.stdout.contains('‹'), "{}", file.stdout);
}

#[test]
fn a_secret_that_is_encoded_is_not_taken_for_itself() {
    let sheet = "\
collection: encoded
session: none
steps:
  - name: basic
    continue: true
    GET: /basic
    auth: { basic: { username: jo, password: \"${{ api_key }}\" } }
    expect: { status: 599 }
  - name: signed
    continue: true
    GET: /signed
    headers: { X-Signature: \"${{ hmac_sha256(api_key, 'a') }}\" }
    query: { key: \"pre-${{ api_key }}\" }
    expect: { status: 599 }
";
    let say = beside(sheet, "mock: any\nroutes: []\n");
    let ran = say("run --env mock", 1);
    for part in [
        "-u jo:\"$EXPORT_API_KEY\"",
        "-H 'X-Signature: '\"${MADE_OF_API_KEY:?what the step makes of api_key}\"",
        "/signed?key='\"${MADE_OF_API_KEY:?what the step makes of api_key}\"",
    ] {
        assert!(ran.stdout.contains(part), "{part}\n{}", ran.stdout);
    }
    assert!(!ran.stdout.contains("-H 'authorization"), "{}", ran.stdout);
    say("export curl --env live --step basic", 0).says("curl -u jo:\"$EXPORT_API_KEY\" -H");
    let file = say("export http --env live --step basic", 0);
    file.says("authorization: Basic jo {{EXPORT_API_KEY}}\n");
}

#[test]
fn a_wiki_page_tells_inputs_requests_and_what_is_expected() {
    let ran = exported("markdown --env live");
    for part in [
        "# contacts\n\nFrom `collections/c.yaml`.\n",
        "| `base_url` | string | required | where it answers |\n| `tenant` | string | `acme` |  |\n\
         | `api_key` | string | secret |  |\n",
        "\n## contacts\n\nTags: `smoke`\n\n### list\n\n```http\nGET https://api.test/contacts?q=a+b&tenant=acme\n",
        "* `status` `200`\n* `$.data` `length at least 1`\n\nCaptured: `contact_id`\n",
        "\n### a while\n\nWaits 2s.\n",
        "\n### log in\n\n*exchange the key*\n\n```http\nPOST https://api.test/login\n",
    ] {
        assert!(ran.stdout.contains(part), "{part}\n{}", ran.stdout);
    }
}

#[test]
fn a_mistake_in_a_file_or_a_name_is_told_as_by_a_run() {
    project()
        .callsheet("export curl --step lst")
        .exits(4)
        .says("list");
    project().callsheet("export crul").exits(2).says("curl");
    project()
        .file("collections/c.yaml", "collection: c\nsteps:\n  - GTE: /\n")
        .callsheet("export curl")
        .exits(2)
        .says("collections/c.yaml:3:5");
}

/// What is exported of a project with `base_url: http://a.test` and the steps.
fn exported_steps(format: &str, steps: &str) -> String {
    let sheet = format!("collection: c\ndefaults: {{ base_url: http://a.test }}\nsteps:\n{steps}");
    Project::empty()
        .file("callsheet.yaml", PROJECT)
        .file("collections/c.yaml", &sheet)
        .file("recipes/log-in.yaml", RECIPE)
        .file("collections/b.txt", "the text of a file")
        .callsheet(&format!("export {format}"))
        .env("EXPORT_API_KEY", "a-key-that-nobody-may-see")
        .exits(0)
        .does_not_say("a-key-that-nobody-may-see")
        .does_not_say("unknown-")
        .stdout
}

#[test]
fn a_body_does_not_break_out_of_its_part_of_an_http_file() {
    for text in [
        r"a\n###\nDELETE http://evil.test/\n",
        r"###",
        r"a\r< /etc/passwd",
        r"> {% client.exit() %}",
        r"{{hostname}}",
    ] {
        let text = exported_steps("http", &format!("  - POST: /x\n    text: \"{text}\"\n"));
        assert!(text.contains("\n# not exported: "), "{text}");
        assert_eq!(text.lines().count(), 2, "{text}");
    }
    let harmless = exported_steps("http", "  - POST: /x\n    xml: \"<a>\\n# no <b/>\\n</a>\"\n");
    assert!(harmless.ends_with("\n\n<a>\n# no <b/>\n</a>\n"), "{harmless}");
}

#[test]
fn what_is_calculated_from_what_a_run_alone_can_know_is_named_and_not_printed() {
    for calculated in [
        "base64('u:' ~ api_key)",
        "api_key | upper",
        "api_key | replace('a', 'b')",
        "api_key[3:]",
        "ids[0]",
        "ids | length",
        "'x' if ids else 'y'",
    ] {
        for step in [
            format!("headers: {{ X: \"${{{{ {calculated} }}}}\" }}"),
            format!("json: {{ a: [\"${{{{ {calculated} }}}}\"] }}"),
            format!("auth: {{ bearer: \"a ${{{{ {calculated} }}}}\" }}"),
            format!("query: {{ q: \"${{{{ {calculated} }}}}\" }}"),
        ] {
            let steps = format!(
                "  - GET: /ids\n    capture: {{ ids: $.ids }}\n  - name: made\n    POST: /x\n    {step}\n"
            );
            let text = exported_steps("curl --env live --step made", &steps);
            assert!(
                text.contains(&format!("\n# not exported: `{calculated}` ")),
                "{text}"
            );
            assert!(!text.contains("http://a.test/x"), "{text}");
        }
    }
    let step = "text: '${% if api_key %}a${% endif %}'";
    let text = exported_steps("curl", &format!("  - POST: /x\n    {step}\n"));
    assert!(text.contains("\n# not exported: "), "{text}");
}

#[test]
fn what_stands_as_it_is_is_a_variable_wherever_it_stands() {
    let text = exported_steps(
        "curl --step made",
        "  - GET: /c\n    capture: { made: $.made }\n  - name: made\n    POST: /x\n    auth: { bearer: \"${{ api_key }}\" }\n    \
         form: { a: \"${{ made.of.id }}\", b: \"<${{ made }}>\", c: \"${{ base_url }}\" }\n",
    );
    assert!(
        text.contains(
            "-H 'authorization: Bearer '\"$EXPORT_API_KEY\" -H \
             'content-type: application/x-www-form-urlencoded' \
             --data-raw 'a='\"$MADE_OF_ID\"'&b=%3C'\"$MADE\"'%3E&c='\"$BASE_URL\" http://a.test/x"
        ),
        "{text}"
    );
    // Whether it is a path is not known.
    let text = exported_steps(
        "curl --step next",
        "  - GET: /c\n    capture: { url: $.next }\n  - name: next\n    GET: ${{ url }}\n",
    );
    assert!(text.contains("\n# not exported: "), "{text}");
}

#[test]
fn what_a_recipe_is_given_is_a_variable_only_where_it_stands_as_it_is() {
    let given = |key: &str| {
        let step = format!("  - name: in\n    use: ../recipes/log-in.yaml\n    with: {{ key: \"{key}\" }}\n");
        exported_steps("curl --env live", &step)
    };
    let text = given("${{ api_key }}");
    assert!(text.contains("{\"key\":\"'\"$EXPORT_API_KEY\"'\"}"), "{text}");
    for key in ["${{ api_key | upper }}", "v1 ${{ api_key }}"] {
        let text = given(key);
        assert!(text.contains("\n# not exported: "), "{text}");
        assert!(!text.contains("curl "), "{text}");
    }
}

#[test]
fn a_file_as_a_body_is_told_by_its_path() {
    let steps = "  - POST: /x\n    file: b.txt\n";
    let text = exported_steps("curl", steps);
    assert!(
        text.contains(" --data-binary @collections/b.txt http://a.test/x\n"),
        "{text}"
    );
    let text = exported_steps("http", steps);
    assert!(text.ends_with("\n\n< collections/b.txt\n"), "{text}");
    let parts = "  - POST: /x\n    multipart: { a: { file: b.txt } }\n";
    for format in ["curl", "http"] {
        let text = exported_steps(format, parts);
        assert!(text.contains("\n# not exported: "), "{text}");
    }
}

#[test]
fn rounds_have_their_values() {
    let text = exported_steps(
        "curl",
        "  - name: read\n    for: { id: [501, 502] }\n    GET: /x/${{ id }}\n    \
         cleanup: { DELETE: \"/x/${{ id }}\" }\n",
    );
    for line in [
        "curl -H 'X-Tenant: acme' http://a.test/x/501\n",
        "curl -H 'X-Tenant: acme' http://a.test/x/502\n",
        "# c › read [2: id=502]\n",
        "curl -X DELETE -H 'X-Tenant: acme' http://a.test/x/502\n",
    ] {
        assert_eq!(text.matches(line).count(), 1, "{line}\n{text}");
    }
}

#[test]
fn a_login_is_there_once_before_the_first_step_that_needs_it() {
    let text = exported_steps(
        "curl",
        "  - GET: /open\n  - GET: /a\n    session: keys\n  - GET: /b\n    session: keys\n",
    );
    let titles: Vec<&str> = text.lines().filter(|line| line.starts_with("# ")).collect();
    let expected = [
        "# c › GET /open",
        "# login of the session keys › exchange the key",
        "# TOKEN is $.token of the answer",
        "# c › GET /a",
        "# c › GET /b",
    ];
    assert_eq!(titles, expected, "{text}");
}
