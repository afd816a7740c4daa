//! How texts and names are written in a sheet: markers escaped, names as inputs have them.

/// What begins an expression, a statement or a comment.
pub(super) const MARKERS: [&str; 3] = ["${{", "${%", "${#"];

/// Text that stands for itself, with each marker as an expression that gives it.
pub(super) fn literal(template: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = MARKERS.iter().filter_map(|marker| rest.find(marker)).min() {
        let (marker, behind) = rest[at..].split_at(MARKERS[0].len());
        template.push_str(&rest[..at]);
        template.push_str(&format!("${{{{ '{marker}' }}}}"));
        rest = behind;
    }
    template.push_str(rest);
}

/// A name as inputs have it: `x_api_key` of `X-Api-Key` and of `xApiKey`.
pub(super) fn snake(name: &str) -> String {
    let mut snake = String::new();
    let mut was_small = false;
    for character in name.chars() {
        if character.is_ascii_alphanumeric() {
            if character.is_ascii_uppercase() && was_small {
                snake.push('_');
            }
            snake.push(character.to_ascii_lowercase());
        } else if !snake.ends_with('_') && !snake.is_empty() {
            snake.push('_');
        }
        was_small = character.is_ascii_lowercase() || character.is_ascii_digit();
    }
    let snake = snake.trim_end_matches('_');
    let snake = &snake[..snake.len().min(LONGEST_NAME)];
    match snake.chars().next() {
        None => "secret".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("secret_{snake}"),
        Some(_) => snake.to_owned(),
    }
}

/// The longest name of an input, in bytes.
const LONGEST_NAME: usize = 60;
