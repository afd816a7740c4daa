//! What a long run keeps in memory, and what it does where a file that it reads again is not the same any more.

use std::fmt::Write as _;
use std::fs;

use crate::support::{Answer, Project, Server};

/// So many steps that are read, planned, counted and told, and send nothing.
fn idle_steps(count: usize) -> String {
    let mut steps = String::new();
    for number in 0..count {
        let step = format!(
            "  - name: read {number}\n    GET: /contacts/{number}\n    skip: it is about memory\n    \
             headers: {{ accept: application/json }}\n    expect: {{ status: 200, $.data.id: {number} }}\n"
        );
        steps
            .write_str(&step)
            .expect("a text takes what is written to it");
    }
    steps
}

#[cfg(target_os = "linux")]
#[test]
fn memory_hardly_grows_with_the_steps() {
    let peak = |files: usize| {
        let steps = idle_steps(500);
        let mut project = Project::empty().file("callsheet.yaml", "project: p\n");
        for number in 0..files {
            let sheet = format!("collection: sheet {number}\nsteps:\n{steps}");
            project = project.file(&format!("collections/{number}.yaml"), &sheet);
        }
        let run = project.callsheet("run -q --jobs 1 --allow-empty --no-log");
        let mut child = run.spawn();
        let status = format!("/proc/{}/status", child.id());
        let mut peak = 0;
        // A process that ended has no memory, so the line is not there any more.
        while let Some(kilobytes) = fs::read_to_string(&status).ok().and_then(|status| {
            let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
            line.trim().strip_suffix(" kB")?.parse::<u64>().ok()
        }) {
            peak = kilobytes;
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        let succeeded = child.wait().expect("its end").success();
        assert!(succeeded, "{files} files");
        peak
    };
    let (few, many) = (peak(5), peak(15));
    // These 5,000 steps come to more than 20 MB where their collections stay in memory, and to 2 where they do not.
    let room = 10 * 1024;
    assert!(
        many < few + room,
        "{few} kB with 2,500 steps, {many} kB with 7,500"
    );
}

#[test]
fn a_file_that_changes_before_its_turn_is_an_error_and_not_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let later = folder.path().join("later");
    let path = later.clone();
    let server = Server::start(move |request| {
        if request.target == "/first" {
            let sheet = fs::read_to_string(&path).expect("where the sheet is");
            fs::write(sheet, "collection: later\nsteps:\n  - GET: /other\n").expect("written");
        }
        Answer::status(200)
    });
    // More steps than are kept: this collection is read again when its turn comes.
    let long = format!(
        "collection: later\nsteps:\n  - name: second\n    GET: /second\n    cleanup: {{ GET: /undo }}\n{}",
        idle_steps(2_500)
    );
    let project = Project::against(&server, "collection: first\nsteps:\n  - GET: /first\n");
    let project = project.file("collections/later.yaml", &long);
    let sheet = project.path().join("collections/later.yaml");
    fs::write(&later, sheet.to_str().expect("a path")).expect("written");
    project
        .callsheet("run -q --jobs 1")
        .exits(3)
        .says("collections/later.yaml changed while it was in use");
    let targets: Vec<String> = server.received().into_iter().map(|it| it.target).collect();
    assert_eq!(targets, ["/first"]);
}
