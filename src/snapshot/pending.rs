//! A snapshot that waits for review: shown beside the accepted one, then accepted or rejected.

use std::io;
use std::path::PathBuf;

use serde_json::Value;

use super::content::{BODY, Content, Made};
use super::folder::Stored;
use super::rules::Rules;
use super::store::{self, ENDINGS, with_ending};
use crate::outcome::Differences;
use crate::source::{Root, SourceError};

/// A snapshot that waits for review.
#[derive(Debug)]
pub struct Pending {
    /// Its file, from the root.
    path: PathBuf,
    /// Where it lies once it is accepted.
    pub target: PathBuf,
    /// What it holds.
    pub content: Content,
    /// What was accepted before, with its file.
    pub accepted: Option<(PathBuf, Content)>,
}

impl Pending {
    /// Reads one that lies in a folder, and the accepted one.
    ///
    /// # Errors
    /// One of them cannot be read, in words.
    pub fn read(root: &Root, stored: &Stored) -> Result<Pending, String> {
        let folder = stored.path.parent().unwrap_or(std::path::Path::new(""));
        let name = folder.join(&stored.name);
        let source = store::read(root, &stored.path).map_err(|error| error.to_string())?;
        let content = Content::read(stored.ending, &source.text)
            .map_err(|error| format!("{}: {error}", source.path))?;
        let mut accepted = None;
        for ending in ENDINGS {
            let path = with_ending(&name, ending);
            match store::read(root, &path) {
                Ok(source) => {
                    let content = Content::read(ending, &source.text)
                        .map_err(|error| format!("{}: {error}", source.path))?;
                    accepted = Some((path, content));
                }
                Err(SourceError::NotFound { .. }) => {}
                Err(error) => return Err(error.to_string()),
            }
        }
        Ok(Pending {
            path: stored.path.clone(),
            target: with_ending(&name, stored.ending),
            content,
            accepted,
        })
    }

    /// How it differs from the accepted one, under the rules it was made by; nothing if it does not, or there is none.
    pub fn differences(&self, rules: &Rules) -> Option<Differences> {
        let (_, accepted) = self.accepted.as_ref()?;
        Made::stored(self.content.clone(), rules).differences(accepted)
    }

    /// Makes it the accepted one.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn accept(&self, root: &Root) -> io::Result<()> {
        root.rename(&self.path, &self.target)?;
        match &self.accepted {
            Some((other, _)) if *other != self.target => root.remove(other).map(drop),
            Some(_) | None => Ok(()),
        }
    }

    /// Throws it away.
    ///
    /// # Errors
    /// It cannot be removed.
    pub fn reject(&self, root: &Root) -> io::Result<()> {
        root.remove(&self.path).map(drop)
    }

    /// Takes what a new rule leaves out, or puts something else for, out of both files. True if nothing differs any
    /// more: then it waits no longer.
    ///
    /// # Errors
    /// A file cannot be written, or the rule cannot be applied.
    pub fn amend(&mut self, root: &Root, rule: &Rules, rules: &Rules) -> io::Result<bool> {
        let within = !rules.with.is_empty();
        amend(&mut self.content, rule, within)?;
        if let Some((path, accepted)) = &mut self.accepted {
            amend(accepted, rule, within)?;
            root.write(path, accepted.text().as_bytes())?;
        }
        if self.accepted.is_some() && self.differences(rules).is_none() {
            self.reject(root)?;
            return Ok(true);
        }
        root.write(&self.path, self.content.text().as_bytes())?;
        Ok(false)
    }
}

/// Applies a rule to what is stored; `within` is true where the body stands beside other parts.
fn amend(content: &mut Content, rule: &Rules, within: bool) -> io::Result<()> {
    let Content::Json(whole) = content else {
        return Ok(());
    };
    let body: Option<&mut Value> = if within { whole.get_mut(BODY) } else { Some(whole) };
    if let Some(body) = body {
        *body = rule
            .apply(&Rules::default(), body.take())
            .map_err(io::Error::other)?
            .value;
    }
    Ok(())
}
