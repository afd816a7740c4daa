//! `callsheet man`: one page, with a section for each command.

use std::io::{self, Write};

use clap::{Command, CommandFactory};
use clap_mangen::Man;

use super::{Arguments, CommandError, Exit, output};

pub(super) fn man() -> Result<Exit, CommandError> {
    let mut command = Arguments::command();
    command.build();
    let mut page = Vec::new();
    write(&command, &mut page).map_err(|error| CommandError::output("cannot make the man page", &error))?;
    output::print(&page)
}

fn write(command: &Command, page: &mut Vec<u8>) -> io::Result<()> {
    let man = Man::new(command.clone());
    man.render_title(page)?;
    man.render_name_section(page)?;
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    man.render_options_section(page)?;
    for command in command.get_subcommands().filter(|it| it.get_name() != "help") {
        let mut section = Vec::new();
        let man = Man::new(command.clone());
        man.render_synopsis_section(&mut section)?;
        man.render_description_section(&mut section)?;
        man.render_options_section(&mut section)?;
        writeln!(page, ".SH CALLSHEET {}", command.get_name().to_uppercase())?;
        // A section of its own in a page of its own is a part of the command's section here.
        page.extend_from_slice(
            String::from_utf8_lossy(&section)
                .replace(".SH ", ".SS ")
                .as_bytes(),
        );
    }
    man.render_version_section(page)
}
