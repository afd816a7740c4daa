//! The walk through what waits, with a question at each.

use std::io::{self, BufRead, Write};

use super::show;
use super::{Waiting, at, write_rules};
use crate::cli::changes::Page;
use crate::collection::Addition;
use crate::snapshot::Proposal;
use crate::source::Root;
use crate::untrusted;

/// What is said to the question.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Accept,
    Reject,
    Skip,
    Quit,
    /// Ignore these of the proposals, by index.
    Ignore(Vec<usize>),
    /// Put a placeholder for these.
    Replace(Vec<usize>),
}

/// What became of everything that waited.
#[derive(Default)]
struct Counts {
    accepted: usize,
    rejected: usize,
    left: usize,
}

/// Shows what waits, one by one, and does what is said.
///
/// # Errors
/// Nothing can be read or shown, or a file cannot be written.
pub(super) fn walk(
    waiting: Vec<Waiting<'_>>,
    root: &Root,
    page: Page,
    input: &mut impl BufRead,
    out: &mut impl Write,
) -> io::Result<()> {
    let total = waiting.len();
    let mut counts = Counts::default();
    let mut ended = false;
    for (index, mut one) in waiting.into_iter().enumerate() {
        if ended {
            counts.left += 1;
            continue;
        }
        writeln!(out, "\n({}/{total})", index + 1)?;
        ended = !visit(&mut one, root, page, &mut counts, input, out)?;
    }
    writeln!(
        out,
        "\n{} accepted, {} rejected, {} left",
        counts.accepted, counts.rejected, counts.left
    )
}

/// Asks about one until it is settled; false if the walk ends here.
fn visit(
    one: &mut Waiting<'_>,
    root: &Root,
    page: Page,
    counts: &mut Counts,
    input: &mut impl BufRead,
    out: &mut impl Write,
) -> io::Result<bool> {
    loop {
        show::whole(one, page, out)?;
        let proposals = show::proposals(one);
        offer(&proposals, out)?;
        let answer = loop {
            write!(out, "{} ", question(&proposals))?;
            out.flush()?;
            let mut line = String::new();
            if input.read_line(&mut line)? == 0 {
                break Answer::Quit;
            }
            match answer(&line, &proposals) {
                Some(answer) => break answer,
                None => writeln!(out, "that is none of them")?,
            }
        };
        let file = one.file();
        let failed = |error: io::Error| at(&file, &error);
        let additions = match answer {
            Answer::Accept => {
                one.pending.accept(root).map_err(failed)?;
                counts.accepted += 1;
                return Ok(true);
            }
            Answer::Reject => {
                one.pending.reject(root).map_err(failed)?;
                counts.rejected += 1;
                return Ok(true);
            }
            Answer::Skip => {
                counts.left += 1;
                return Ok(true);
            }
            Answer::Quit => {
                counts.left += 1;
                return Ok(false);
            }
            Answer::Ignore(chosen) => chosen
                .into_iter()
                .map(|index| Addition::Ignore(proposals[index].path.clone()))
                .collect::<Vec<_>>(),
            Answer::Replace(chosen) => chosen
                .into_iter()
                .map(|index| replacing(&proposals[index]))
                .collect(),
        };
        if let Err(reason) = write_rules(root, &one.snapshot, &additions) {
            writeln!(out, "{}", untrusted::block(&reason))?;
            continue;
        }
        for addition in &additions {
            let place = &one.snapshot.check.place;
            writeln!(
                out,
                "{}: {}",
                place.source.path,
                untrusted::line(&addition.written())
            )?;
        }
        if one
            .pending
            .amend(root, &Addition::rules(&additions), &one.snapshot.rules)
            .map_err(failed)?
        {
            counts.accepted += 1;
            return Ok(true);
        }
    }
}

fn offer(proposals: &[Proposal], out: &mut impl Write) -> io::Result<()> {
    for (index, proposal) in proposals.iter().enumerate() {
        let seems = proposal.volatile.map_or_else(String::new, |volatile| {
            format!("  looks like {}", volatile.words())
        });
        writeln!(out, "  {}  {}{seems}", index + 1, untrusted::line(&proposal.path))?;
    }
    Ok(())
}

fn question(proposals: &[Proposal]) -> &'static str {
    if proposals.is_empty() {
        "[a]ccept, [r]eject, [s]kip, [q]uit?"
    } else {
        "[a]ccept, [r]eject, [s]kip, [i]gnore for ever or re[p]lace (all, or by number: i 1 2), [q]uit?"
    }
}

/// What a line says; nothing where it is no answer.
fn answer(line: &str, proposals: &[Proposal]) -> Option<Answer> {
    let line = line.trim();
    let first = line.chars().next()?;
    let rest = line[first.len_utf8()..].trim_start();
    if matches!(first, 'i' | 'p') && !proposals.is_empty() {
        let word = if first == 'i' { "gnore" } else { "lace" };
        let rest = rest.strip_prefix(word).unwrap_or(rest);
        let chosen = if rest.trim().is_empty() {
            (0..proposals.len()).collect()
        } else {
            let numbers = rest.split([' ', ',']).filter(|part| !part.is_empty());
            numbers
                .map(|part| {
                    let index = part.parse::<usize>().ok()?.checked_sub(1)?;
                    (index < proposals.len()).then_some(index)
                })
                .collect::<Option<Vec<usize>>>()?
        };
        return Some(if first == 'i' {
            Answer::Ignore(chosen)
        } else {
            Answer::Replace(chosen)
        });
    }
    match line {
        "a" | "accept" => Some(Answer::Accept),
        "r" | "reject" => Some(Answer::Reject),
        "s" | "skip" => Some(Answer::Skip),
        "q" | "quit" => Some(Answer::Quit),
        _ => None,
    }
}

fn replacing(proposal: &Proposal) -> Addition {
    let placeholder = proposal
        .volatile
        .map_or("<any>", |volatile| volatile.placeholder());
    Addition::Replace(proposal.path.clone(), placeholder.to_owned())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::collection::{self, Library, SuiteFile};
    use crate::diagnostic::Diagnostics;

    const SHEET: &str = "collection: tasks\nsteps:\n  - name: read # the first\n    GET: http://h.test/\n    expect: { snapshot: true }\n";

    /// Reviews a snapshot with these answers; what was said, then the sheet and the files of the folder.
    fn reviewed(accepted: &str, pending: &str, answers: &str) -> (String, String, Vec<(String, String)>) {
        let folder = tempfile::tempdir().expect("a folder");
        let snapshots = folder.path().join("snapshots/c");
        fs::create_dir_all(&snapshots).expect("made");
        fs::write(folder.path().join("c.yaml"), SHEET).expect("written");
        fs::write(snapshots.join("tasks.read.json"), accepted).expect("written");
        fs::write(snapshots.join("tasks.read.json.new"), pending).expect("written");
        let root = Root::open(folder.path()).expect("a root");
        let file = SuiteFile {
            path: "c.yaml".into(),
            named: true,
        };
        let suite = collection::load(&root, false, &[file], &mut Diagnostics::default());
        let library = Library {
            suite: &suite,
            root: &root,
        };
        let collections = super::super::with_snapshots(&library).expect("opened");
        let waiting =
            super::super::waiting(&root, &collections, &suite.project.defaults).expect("what waits");
        assert_eq!(waiting.len(), 1);
        let page = Page {
            colour: false,
            width: 100,
        };
        let mut said = Vec::new();
        walk(waiting, &root, page, &mut answers.as_bytes(), &mut said).expect("walked");
        let mut files: Vec<(String, String)> = fs::read_dir(&snapshots)
            .expect("listed")
            .map(|entry| entry.expect("an entry"))
            .map(|entry| {
                let text = fs::read_to_string(entry.path()).expect("read");
                (entry.file_name().to_string_lossy().into_owned(), text)
            })
            .collect();
        files.sort();
        let sheet = fs::read_to_string(folder.path().join("c.yaml")).expect("read");
        (String::from_utf8(said).expect("text"), sheet, files)
    }

    fn file(name: &str, text: &str) -> (String, String) {
        (name.to_owned(), text.to_owned())
    }

    #[test]
    fn what_is_accepted_takes_the_place_of_what_was() {
        let (said, sheet, files) = reviewed("{\"a\": 1}", "{\"a\": 2}", "what\na\n");
        assert!(
            said.contains("- a: 1\n") && said.contains("that is none of them"),
            "{said}"
        );
        assert!(said.ends_with("1 accepted, 0 rejected, 0 left\n"), "{said}");
        assert_eq!(files, [file("tasks.read.json", "{\"a\": 2}")]);
        assert_eq!(sheet, SHEET);
    }

    #[test]
    fn what_is_rejected_goes_and_what_is_skipped_stays() {
        let (_, _, files) = reviewed("{\"a\": 1}", "{\"a\": 2}", "r\n");
        assert_eq!(files, [file("tasks.read.json", "{\"a\": 1}")]);
        for answers in ["s\n", "quit\n", ""] {
            let (said, _, files) = reviewed("{\"a\": 1}", "{\"a\": 2}", answers);
            assert_eq!(files.len(), 2);
            assert!(said.ends_with("0 accepted, 0 rejected, 1 left\n"), "{said}");
        }
    }

    #[test]
    fn a_path_that_is_ignored_for_ever_goes_into_the_sheet_and_out_of_the_files() {
        let (said, sheet, files) = reviewed(
            "{\"at\": \"2026-01-01T00:00:00Z\", \"n\": 1}",
            "{\"at\": \"2026-01-02T00:00:00Z\", \"n\": 1}",
            "i\n",
        );
        assert!(said.contains("1  $.at  looks like a time"), "{said}");
        assert!(said.contains("c.yaml: ignore: [$.at]"), "{said}");
        assert_eq!(sheet, SHEET.replace("true", "{ ignore: [$.at] }"));
        assert_eq!(files, [file("tasks.read.json", "{\n  \"n\": 1\n}\n")]);
    }

    #[test]
    fn some_are_replaced_and_the_rest_is_asked_for_again() {
        let (said, sheet, files) = reviewed(
            "{\"at\": 1, \"l\": [{\"x\": \"a\"}], \"n\": 1}",
            "{\"at\": 2, \"l\": [{\"x\": \"b\"}], \"n\": 0}",
            "i 2\np 1\na\n",
        );
        assert_eq!(
            sheet,
            SHEET.replace("true", "{ replace: { $.at: '<counter>' }, ignore: ['$.l[*].x'] }")
        );
        let left = "{\n  \"at\": \"<counter>\",\n  \"l\": [\n    {}\n  ],\n  \"n\": 0\n}\n";
        assert_eq!(files, [file("tasks.read.json", left)], "{said}");
    }

    #[test]
    fn answers_are_understood_or_not() {
        let proposals: Vec<Proposal> = ["$.a", "$.b"]
            .into_iter()
            .map(|path| Proposal {
                path: path.to_owned(),
                volatile: None,
            })
            .collect();
        let of = |line| answer(line, &proposals);
        assert_eq!(of(" a \n"), Some(Answer::Accept));
        assert_eq!(of("i"), Some(Answer::Ignore(vec![0, 1])));
        assert_eq!(of("ignore 2"), Some(Answer::Ignore(vec![1])));
        assert_eq!(of("p1, 2"), Some(Answer::Replace(vec![0, 1])));
        for other in ["", "i 3", "i 0", "i x", "accepted", "y"] {
            assert_eq!(of(other), None, "{other}");
        }
        assert_eq!(answer("i", &[]), None);
    }
}
