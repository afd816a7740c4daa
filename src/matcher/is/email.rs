//! An address as mailboxes have it (RFC 5321, section 4.1.2), without quoted local parts and address literals.

/// The most octets of a local part (RFC 5321, section 4.5.3.1.1).
const LOCAL: usize = 64;
/// The most octets of a domain (RFC 5321, section 4.5.3.1.2), and of one of its labels (RFC 1035, section 2.3.4).
const DOMAIN: usize = 255;
const LABEL: usize = 63;

/// Whether a text is an address with a plain local part and a domain name.
pub(super) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    local.len() <= LOCAL
        && local.split('.').all(is_atom)
        && domain.len() <= DOMAIN
        && domain.split('.').all(is_label)
}

/// `atext` of RFC 5322, section 3.2.3, and what is not ASCII (RFC 6531).
fn is_atom(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|it| {
            it.is_ascii_alphanumeric()
                || "!#$%&'*+-/=?^_`{|}~".contains(it)
                || (!it.is_ascii() && !it.is_whitespace() && !it.is_control())
        })
}

fn is_label(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= LABEL
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text.chars().all(|it| it.is_alphanumeric() || it == '-')
}

#[cfg(test)]
mod tests {
    use super::is_email;

    #[test]
    fn addresses() {
        for yes in [
            "jo@example.com",
            "jo.o'neil+tag@mail.example.com",
            "a@localhost",
            "blå@example.no",
        ] {
            assert!(is_email(yes), "{yes}");
        }
        for no in [
            "",
            "jo",
            "@example.com",
            "jo@",
            "jo..o@a.no",
            "a b@c.no",
            "a@b@c.no",
            "a@-b.no",
            "a@b..no",
        ] {
            assert!(!is_email(no), "{no}");
        }
        assert!(!is_email(&format!("{}@a.no", "a".repeat(65))));
    }
}
