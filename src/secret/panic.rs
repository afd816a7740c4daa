//! What a panic says: where, and never what.

use std::fmt::Write as _;
use std::panic::PanicHookInfo;

/// The text a panic hook prints: the place in the code, without the payload, which may hold a secret.
pub fn panic_hook(info: &PanicHookInfo<'_>) -> String {
    let mut text = String::from("callsheet has a bug: panicked");
    if let Some(place) = info.location() {
        write!(text, " at {place}").expect("writing to a string succeeds");
    }
    text.push_str("; please report it");
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic;
    use std::sync::mpsc;

    #[test]
    fn a_panic_tells_its_place_and_not_its_payload() {
        let (sender, receiver) = mpsc::channel();
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            // Other tests may panic while the hook is set; they find a closed channel.
            let _ = sender.send(panic_hook(info));
        }));
        let result = panic::catch_unwind(|| panic!("the token is s3cret"));
        panic::set_hook(before);
        assert!(result.is_err());
        let texts: Vec<String> = receiver.try_iter().collect();
        assert!(
            texts.iter().any(|text| text.contains("src/secret/panic.rs:")),
            "{texts:?}"
        );
        for text in texts {
            assert!(text.starts_with("callsheet has a bug: panicked at "), "{text}");
            assert!(text.ends_with("; please report it"), "{text}");
            assert!(!text.contains("s3cret"), "{text}");
        }
    }
}
