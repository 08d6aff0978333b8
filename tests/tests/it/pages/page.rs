//! A page of Markdown as things to do.

use anyhow::{Result, bail};
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// A page for people.
pub(super) struct Page {
    pub(super) name: &'static str,
    pub(super) text: &'static str,
}

/// What stands below one heading of the second level.
#[derive(Default)]
pub(super) struct Section {
    pub(super) title: String,
    pub(super) steps: Vec<Step>,
}

/// Something to do or to look at, in order.
pub(super) enum Step {
    /// Commands.
    Run(String),
    /// What the commands before print; `…` stands for anything.
    See(String),
    /// An excerpt of a program.
    Excerpt(String),
    /// "Stop the service with Ctrl-C".
    Stop,
}

impl Page {
    /// The sections that have something to do in them. A block nobody knows how to do is an error.
    pub(super) fn sections(&self) -> Result<Vec<Section>> {
        let mut sections = vec![Section::default()];
        let (mut heading, mut block, mut prose) = (false, None, String::new());
        for event in Parser::new_ext(self.text, Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::Heading { level: HeadingLevel::H2, .. }) => {
                    heading = true;
                    sections.push(Section::default());
                }
                Event::End(TagEnd::Heading(_)) => heading = false,
                Event::Start(Tag::Paragraph) => prose.clear(),
                Event::End(TagEnd::Paragraph) => {
                    if let Some(section) = sections.last_mut()
                        && prose.starts_with("Stop the service with Ctrl-C")
                    {
                        section.steps.push(Step::Stop);
                    }
                }
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                    block = Some((language.to_string(), String::new()));
                }
                Event::End(TagEnd::CodeBlock) => {
                    if let (Some(section), Some((language, text))) = (sections.last_mut(), block.take()) {
                        section.steps.push(step(&language, text)?);
                    }
                }
                Event::Text(text) => match (&mut block, sections.last_mut()) {
                    (Some((_, block)), _) => block.push_str(&text),
                    (None, Some(section)) if heading => section.title.push_str(&text),
                    _ => prose.push_str(&text),
                },
                _ => {}
            }
        }
        Ok(sections.into_iter().filter(|section| !section.steps.is_empty()).collect())
    }
}

fn step(language: &str, text: String) -> Result<Step> {
    Ok(match language {
        "sh" => Step::Run(text),
        "json" => Step::See(text),
        "rust" => Step::Excerpt(text),
        _ => bail!("nobody knows what to do with a block of `{language}`"),
    })
}
