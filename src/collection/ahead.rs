//! Files read ahead of whoever decodes them: reading YAML is most of the work, and needs no other file.

use std::num::NonZero;
use std::sync::mpsc;
use std::thread;

use super::{SuiteFile, read};
use crate::diagnostic::Diagnostics;
use crate::source::Root;
use crate::yaml::Node;

/// How many trees a reader may be ahead beside the one it reads: trees are far larger than what is decoded from them.
const AHEAD: usize = 1;

/// The most readers: with more of them, they wait for the decoding.
const MOST: usize = 4;

/// The fewest files that are worth a thread.
const FILES_EACH: usize = 4;

/// How many threads are to read these files: none where that would take longer.
pub(super) fn readers(files: &[SuiteFile]) -> usize {
    let worth = files.len() / FILES_EACH;
    if worth == 0 {
        // Asking for the processors takes some thirty system calls.
        return 0;
    }
    match thread::available_parallelism().map_or(1, NonZero::get) {
        1 => 0,
        processors => processors.min(MOST).min(worth),
    }
}

/// Reads the files with so many threads beside this one, and hands each tree over in the files' order, with what is
/// wrong in its text.
pub(super) fn each<'f>(
    root: &Root,
    files: &'f [SuiteFile],
    readers: usize,
    mut take: impl FnMut(&'f SuiteFile, Option<Node>, Diagnostics),
) {
    let tree = |file: &SuiteFile| {
        let mut wrong = Diagnostics::default();
        (read(root, &file.path, &mut wrong), wrong)
    };
    if readers == 0 {
        for file in files {
            let (tree, wrong) = tree(file);
            take(file, tree, wrong);
        }
        return;
    }
    thread::scope(|scope| {
        // Reader n reads every file whose index leaves n, so the next tree is always known to come from the next reader.
        let trees: Vec<_> = (0..readers)
            .map(|reader| {
                let (sender, receiver) = mpsc::sync_channel(AHEAD);
                scope.spawn(move || {
                    let mut own = files.iter().skip(reader).step_by(readers);
                    // Nobody listens any more where the decoding panicked.
                    own.try_for_each(|file| sender.send(tree(file)).ok())
                });
                receiver
            })
            .collect();
        for (file, trees) in files.iter().zip(trees.iter().cycle()) {
            // A reader that is gone has panicked, which the scope passes on.
            let Ok((tree, wrong)) = trees.recv() else { break };
            take(file, tree, wrong);
        }
    });
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use proptest::prelude::*;

    use super::super::{Suite, SuiteFile, load_with};
    use crate::diagnostic::Diagnostics;
    use crate::source::Root;

    const FILES: [&str; 7] = [
        "collection: a\nsteps:\n  - GET: /a\n",
        "collection: b\nsteps:\n  - use: recipe.yaml\n    as: out\n  - GET: /${{ out.ida }}\n",
        "collection: c\nsteps:\n  - GTE: /\n  - GET: /${{ unknown }}\n",
        "recipe: d\nsteps:\n  - GET: /\n    expect: { statsu: 200 }\n",
        "a: [1\n",
        "what: is it\n",
        "mock: m\nroutes: []\n",
    ];
    const RECIPE: &str = "recipe: r\nsteps:\n  - GET: /\n    cpture: {}\noutputs: { id: 1 }\n";

    fn loaded(root: &Path, files: &[SuiteFile], readers: usize) -> (Suite, Diagnostics) {
        const ROOM: usize = 4;
        let root = Root::open(root).unwrap();
        let mut diagnostics = Diagnostics::default();
        let suite = load_with((readers, ROOM), &root, false, files, &mut diagnostics);
        (suite, diagnostics)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn reading_ahead_changes_nothing(kinds in prop::collection::vec(0..FILES.len(), 0..20), readers in 1usize..5) {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join("recipe.yaml"), RECIPE).unwrap();
            let mut files = vec![SuiteFile { path: PathBuf::from("missing.yaml"), named: true }];
            for (index, kind) in kinds.iter().enumerate() {
                let path = PathBuf::from(format!("{index}.yaml"));
                fs::write(folder.path().join(&path), FILES[*kind]).unwrap();
                files.push(SuiteFile { path, named: index % 2 == 0 });
            }
            let (one, wrong) = loaded(folder.path(), &files, 0);
            let (other, wrong_too) = loaded(folder.path(), &files, readers);
            prop_assert_eq!(wrong.hidden(), wrong_too.hidden());
            prop_assert_eq!(wrong, wrong_too);
            prop_assert_eq!(format!("{:?}", one.collections), format!("{:?}", other.collections));
            prop_assert_eq!(one.mocks, other.mocks);
        }
    }
}
