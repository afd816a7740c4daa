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
# contacts › list
curl -H 'X-Tenant: acme' -H 'Authorization: Bearer '\"$LOGIN_TOKEN\" 'https://api.test/contacts?q=a+b&tenant=acme'

# contacts › change it
curl -X PATCH -H 'X-Tenant: acme' -H 'Authorization: Bearer '\"$LOGIN_TOKEN\" -H 'content-type: application/json' \
--data-raw '{\"name\":\"Jo'\\''s\",\"of\":\"'\"$CONTACT_ID\"'\"}' https://api.test/contacts/\"$CONTACT_ID\"

# contacts › log in › exchange the key
curl -H 'X-Tenant: acme' -H 'content-type: application/json' --data-raw '{\"key\":\"'\"$API_KEY\"'\"}' \
https://api.test/login

# contacts › half of it
# not exported: ";
    assert!(ran.stdout.starts_with(expected), "{}", ran.stdout);
    // An address that nobody gave is a variable too.
    exported("curl --step list").says("\"$BASE_URL\"'/contacts?q=a+b&tenant=acme'");
}

#[test]
fn an_http_file_has_a_request_a_part() {
    let ran = exported("http --env live --step list --step change*");
    let expected = "\
### contacts › list
GET https://api.test/contacts?q=a+b&tenant=acme
X-Tenant: acme
Authorization: Bearer {{login_token}}

### contacts › change it
PATCH https://api.test/contacts/{{contact_id}}
X-Tenant: acme
Authorization: Bearer {{login_token}}
content-type: application/json

{\"name\":\"Jo's\",\"of\":\"{{contact_id}}\"}
";
    assert_eq!(ran.stdout, expected);
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
