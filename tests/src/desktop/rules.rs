//! The rules of accessibility, held against what is shown: axe-core looks at the real page.

use super::{App, looks};
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

/// Among the interface's tools; `cargo xtask test` installs them.
const AXE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/node_modules/axe-core/axe.min.js");

const CHECK: &str = "
    const done = arguments[arguments.length - 1];
    const said = (node) => `${node.target.join(' ')}: ${node.failureSummary.replace(/\\s+/g, ' ')}`;
    axe.run(document, { resultTypes: ['violations'] }).then(
        ({ violations }) => done(violations.map(({ id, nodes }) => `${id}\\n    ${nodes.map(said).join('\\n    ')}`)),
        (failure) => done([`axe failed: ${failure}`]),
    );";

impl App {
    /// Every rule that the page breaks now, with where it does.
    ///
    /// # Errors
    /// When axe-core is not installed, or cannot look.
    pub async fn broken_rules(&self) -> Result<Vec<String>> {
        if self.ask("return typeof axe").await? == "undefined" {
            let axe = Path::new(AXE);
            let script = fs::read_to_string(axe).with_context(|| format!("there is no {}", axe.display()))?;
            // The script leaves its name on the window it is run in.
            self.ask(&format!("{script}; window.axe = axe")).await?;
        }
        looks::words(self.ask_later(CHECK).await?)
    }
}
