//! One real window, driven the way a finger and a keyboard would.
//!
//! WebKit's driver starts the program, clicks through the web view's own event path and takes pictures of what
//! it painted. Elements are named by their `data-testid`.

use super::acts::{Tally, place_of};
use super::{Acts, Desktop, PATIENCE, eventually};
use crate::process::{self, Process};
use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Map, Value, json};
use std::ffi::OsString;
use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::Duration;
use thirtyfour::{By, Capabilities, Key, WebDriver, WebElement};
use tokio::net::TcpStream;

const DRIVER_START: Duration = Duration::from_secs(10);

/// The driver takes a picture with the next frame that the page presents, and a page at rest presents none: it
/// would wait for ever. This makes every frame differ by less than one step of colour.
const STIR: &str = "window.stirring = true;\
    const root = document.documentElement;\
    let odd = false;\
    const stir = () => {\
        odd = window.stirring && !odd;\
        root.style.opacity = odd ? '0.9999' : '';\
        if (window.stirring) requestAnimationFrame(stir);\
    };\
    stir()";

/// A window and the program behind it; both end when this is dropped.
#[derive(Debug)]
pub struct Window {
    // Dropped first: the session ends while its driver still answers.
    session: WebDriver,
    driver: Process,
    log: PathBuf,
    done: Tally,
}

impl Window {
    /// Starts `program` on `desktop` and takes hold of its window.
    ///
    /// # Errors
    /// When it opens no window; its log is in the message.
    pub async fn open(desktop: &Desktop, program: &Path, arguments: &[OsString]) -> Result<Self> {
        let log = desktop.next_log();
        let port = free_port()?;
        let mut command = process::command("WebKitWebDriver");
        command.args(["--host=127.0.0.1", &format!("--port={port}")]);
        desktop.dress(&mut command);
        command.env("TAURI_AUTOMATION", "true").env("TAURI_WEBVIEW_AUTOMATION", "true");
        let file = File::create(&log)?;
        command.stdout(file.try_clone()?).stderr(file);
        let driver = Process::start("WebKitWebDriver", command)?;
        eventually("the driver listens", DRIVER_START, async || {
            Ok(TcpStream::connect(("127.0.0.1", port)).await.ok().map(drop))
        })
        .await?;
        let arguments: Vec<_> = arguments.iter().map(|argument| argument.to_string_lossy()).collect();
        let mut wanted = Map::new();
        wanted.insert("webkitgtk:browserOptions".into(), json!({ "binary": program, "args": arguments }));
        let session = WebDriver::new(format!("http://127.0.0.1:{port}"), Capabilities::from(wanted))
            .await
            .with_context(|| format!("no window; it said: {}", fs::read_to_string(&log).unwrap_or_default()))?;
        Ok(Self { session, driver, log, done: Tally::default() })
    }

    /// A mark to count from.
    pub fn mark(&self) -> usize {
        self.done.len()
    }

    /// Every tap and key that the driver has sent since `mark`.
    pub fn acts_since(&self, mark: usize) -> Acts {
        self.done.since(mark)
    }

    /// The driver's own session, for the rare thing that has no name here.
    pub fn session(&self) -> &WebDriver {
        &self.session
    }

    /// What the program has logged so far.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Clicks an element as soon as it can be clicked.
    ///
    /// # Errors
    /// When it does not appear, or stays disabled or covered.
    pub async fn click(&self, id: &str) -> Result<()> {
        self.click_at(&by_test_id(id), place_of(id)).await
    }

    /// Clicks what a CSS selector finds, as soon as it can be clicked.
    ///
    /// # Errors
    /// As [`Self::click`].
    pub async fn click_on(&self, selector: &str) -> Result<()> {
        self.click_at(selector, selector).await
    }

    async fn click_at(&self, selector: &str, place: &str) -> Result<()> {
        eventually(&format!("{selector} can be clicked"), PATIENCE, async || {
            let element = self.session.find(By::Css(selector)).await?;
            // The driver takes a click on a disabled button for done.
            if !element.is_enabled().await? {
                return Ok(None);
            }
            self.tap(&element, place).await?;
            Ok(Some(()))
        })
        .await
    }

    /// Clicks an element found before; `place` is what its neighbours have in common with it.
    ///
    /// # Errors
    /// When it is gone, or covered.
    pub async fn tap(&self, element: &WebElement, place: &str) -> Result<()> {
        // The driver clicks no shape of a drawing by itself; the pointer does.
        if element.tag_name().await? == "g" {
            let (x, y) = self.middle_of(element).await?;
            self.session.action_chain().move_to(x, y).click().perform().await?;
        } else {
            element.click().await?;
        }
        self.done.tap(place);
        Ok(())
    }

    /// Where the middle of an element stands on the page, in pixels.
    async fn middle_of(&self, element: &WebElement) -> Result<(i64, i64)> {
        let script = "const { x, y, width, height } = arguments[0].getBoundingClientRect();\
                      return [Math.round(x + width / 2), Math.round(y + height / 2)]";
        let answer = self.session.execute(script, vec![element.to_json()?]).await?;
        Ok(serde_json::from_value(answer.json().clone())?)
    }

    /// Waits until an element is there.
    ///
    /// # Errors
    /// When it does not appear.
    pub async fn wait_for(&self, id: &str) -> Result<WebElement> {
        let selector = by_test_id(id);
        eventually(&format!("{id} appears"), PATIENCE, async || {
            Ok(Some(self.session.find(By::Css(selector.as_str())).await?))
        })
        .await
    }

    /// Whether an element is there now.
    ///
    /// # Errors
    /// When the window does not answer.
    pub async fn shows(&self, id: &str) -> Result<bool> {
        Ok(self.count(&by_test_id(id)).await? > 0)
    }

    /// How many elements a CSS selector finds now.
    ///
    /// # Errors
    /// When the window does not answer.
    pub async fn count(&self, selector: &str) -> Result<usize> {
        Ok(self.all(selector).await?.len())
    }

    /// Everything that a CSS selector finds now.
    ///
    /// # Errors
    /// When the window does not answer.
    pub async fn all(&self, selector: &str) -> Result<Vec<WebElement>> {
        Ok(self.session.find_all(By::Css(selector)).await?)
    }

    /// The text of an element, as soon as it is there.
    ///
    /// # Errors
    /// When it does not appear.
    pub async fn text(&self, id: &str) -> Result<String> {
        Ok(self.wait_for(id).await?.text().await?)
    }

    /// An attribute of what a CSS selector finds first now.
    ///
    /// # Errors
    /// When the window does not answer, or nothing is found.
    pub async fn attribute(&self, selector: &str, name: &str) -> Result<Option<String>> {
        Ok(self.session.find(By::Css(selector)).await?.attr(name).await?)
    }

    /// Waits until an attribute of what a CSS selector finds satisfies `wanted`, and gives it.
    ///
    /// # Errors
    /// When it never does; the last value is in the message.
    pub async fn wait_for_attribute(
        &self,
        selector: &str,
        name: &str,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<String> {
        eventually(&format!("{name} of {selector}"), PATIENCE, async || match self.attribute(selector, name).await? {
            Some(value) if wanted(&value) => Ok(Some(value)),
            other => bail!("it is {other:?}"),
        })
        .await
    }

    /// Replaces what a field holds by typing.
    ///
    /// # Errors
    /// When the field does not appear, or holds something else afterwards.
    pub async fn type_into(&self, id: &str, text: &str) -> Result<()> {
        let field = self.wait_for(id).await?;
        self.tap(&field, place_of(id)).await?;
        field.send_keys(Key::Control + "a").await?;
        self.done.key();
        field.send_keys(text).await?;
        self.done.letters(text);
        eventually(&format!("{id} holds {text:?}"), PATIENCE, async || match field.value().await? {
            Some(value) if value == text => Ok(Some(())),
            other => bail!("it holds {other:?}"),
        })
        .await
    }

    /// Presses a key in a field.
    ///
    /// # Errors
    /// When the field does not appear.
    pub async fn press(&self, id: &str, key: Key) -> Result<()> {
        self.wait_for(id).await?.send_keys(key + "").await?;
        self.done.key();
        Ok(())
    }

    /// Presses a key wherever the focus is.
    ///
    /// # Errors
    /// When the driver refuses it.
    pub async fn strike(&self, key: impl Into<char>) -> Result<()> {
        let key = key.into();
        self.session.action_chain().key_down(key).key_up(key).perform().await?;
        self.done.key();
        Ok(())
    }

    /// Types a text wherever the focus is.
    ///
    /// # Errors
    /// When the driver refuses it.
    pub async fn write(&self, text: &str) -> Result<()> {
        self.session.action_chain().send_keys(text).perform().await?;
        self.done.letters(text);
        Ok(())
    }

    /// Asks the page something that the element calls cannot say.
    ///
    /// # Errors
    /// When the script fails.
    pub async fn ask(&self, script: &str) -> Result<Value> {
        Ok(self.session.execute(script, Vec::new()).await?.json().clone())
    }

    /// Asks the page something that takes its time: the script calls its last argument with the answer.
    ///
    /// # Errors
    /// When the script fails.
    pub async fn ask_later(&self, script: &str) -> Result<Value> {
        Ok(self.session.execute_async(script, Vec::new()).await?.json().clone())
    }

    /// Makes the page `width` × `height` large.
    ///
    /// # Errors
    /// When the window does not take that size.
    pub async fn set_size(&self, width: u32, height: u32) -> Result<()> {
        // The window's own edges, where it has any, come on top.
        let edges = self.ask("return [outerWidth - innerWidth, outerHeight - innerHeight]").await?;
        let [across, down]: [u32; 2] = serde_json::from_value(edges)?;
        self.session.set_window_rect(0, 0, width + across, height + down).await?;
        eventually(&format!("the page is {width}×{height}"), PATIENCE, async || {
            let size = self.ask("return [window.innerWidth, window.innerHeight]").await?;
            if size == json!([width, height]) { Ok(Some(())) } else { bail!("it is {size}") }
        })
        .await
    }

    /// Waits until what is pending has been painted.
    ///
    /// # Errors
    /// When the page does not answer.
    pub async fn settle(&self) -> Result<()> {
        let painted = "const done = arguments[arguments.length - 1];\
                       requestAnimationFrame(() => requestAnimationFrame(() => done(null)))";
        self.ask_later(painted).await.map(drop)
    }

    /// Writes a picture of the page, once what is pending has been painted.
    ///
    /// # Errors
    /// When the picture cannot be taken or written.
    pub async fn picture(&self, path: &Path) -> Result<()> {
        self.settle().await?;
        self.ask(STIR).await?;
        let picture = self.session.screenshot_as_png().await?;
        self.ask("window.stirring = false").await?;
        fs::write(path, picture).with_context(|| format!("cannot write {}", path.display()))
    }

    /// Closes the window and waits until the program has ended.
    ///
    /// # Errors
    /// When the program stays.
    pub async fn quit(self) -> Result<()> {
        let programs = children_of(self.driver.id())?;
        self.session.quit().await?;
        eventually("the program ends", PATIENCE, async || Ok(programs.iter().all(|id| is_gone(*id)).then_some(())))
            .await
    }

    /// The processes of the program, those of its web view too.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn processes(&self) -> Result<Vec<u32>> {
        let (mut all, mut next) = (Vec::new(), children_of(self.driver.id())?);
        while let Some(id) = next.pop() {
            next.extend(children_of(id)?);
            all.push(id);
        }
        Ok(all)
    }

    /// Ends the program like `kill -9`, in the middle of whatever it does.
    ///
    /// # Errors
    /// When there is no program to end.
    pub async fn kill(self) -> Result<()> {
        let programs = children_of(self.driver.id())?;
        ensure!(!programs.is_empty(), "the driver has no program running");
        for id in &programs {
            let pid = i32::try_from(*id).ok().and_then(Pid::from_raw).context("not a process id")?;
            kill_process(pid, Signal::KILL)?;
        }
        eventually("the program is gone", PATIENCE, async || Ok(programs.iter().all(|id| is_gone(*id)).then_some(())))
            .await?;
        // There is nobody left who could answer the end of the session.
        self.session.clone().leak()?;
        Ok(())
    }
}

pub(super) fn by_test_id(id: &str) -> String {
    format!("[data-testid=\"{id}\"]")
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// The processes that `parent` has started and that still run.
fn children_of(parent: u32) -> Result<Vec<u32>> {
    let mut children = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let Some(id) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        if status(id, "PPid:").as_deref() == Some(parent.to_string().as_str()) && !is_gone(id) {
            children.push(id);
        }
    }
    Ok(children)
}

/// Whether a process has ended, whether or not its parent has noticed.
fn is_gone(id: u32) -> bool {
    status(id, "State:").is_none_or(|state| state.starts_with('Z'))
}

fn status(id: u32, field: &str) -> Option<String> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix(field)).map(|value| value.trim().to_owned())
}
