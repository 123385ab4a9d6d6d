//! The accessible tree of the real window, as a screen reader is given it: over the accessibility bus of the desktop.

use anyhow::{Context, Result, ensure};
use std::time::{Duration, Instant};
use zbus::blocking::{Connection, Proxy, connection};
use zbus::zvariant::OwnedObjectPath;

const PATIENCE: Duration = Duration::from_secs(20);
const ACCESSIBLE: &str = "org.a11y.atspi.Accessible";
const REGISTRY: (&str, &str) = ("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root");

/// The bit of the state "pressed".
const PRESSED: u32 = 1 << 20;

/// What something is to a screen reader, by its number in the protocol.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Role {
    Button = 43,
    Toggle = 62,
}

/// The bus that screen readers listen on.
pub(crate) struct Tree {
    bus: Connection,
}

/// One thing in the tree: the process it belongs to, and its path there.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    owner: String,
    path: OwnedObjectPath,
}

impl Tree {
    /// The tree of everything on the desktop with this session bus.
    pub(crate) fn on(session_bus: &str) -> Result<Self> {
        let session = connection::Builder::address(session_bus)?.build()?;
        let launcher = Proxy::new(&session, "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus")?;
        let address: String = launcher.call("GetAddress", &())?;
        Ok(Self { bus: connection::Builder::address(address.as_str())?.build()? })
    }

    /// Does to the one thing of this role and name what a screen reader does when told to press it.
    pub(crate) fn press(&self, role: Role, name: &str) -> Result<()> {
        let node = self.find(role, name)?;
        let pressed: bool = self.at(&node, "org.a11y.atspi.Action")?.call("DoAction", &(0_i32))?;
        ensure!(pressed, "the {role:?} “{name}” does nothing");
        Ok(())
    }

    /// Waits until the toggle of this name says that it is on.
    pub(crate) fn hears_on(&self, name: &str) -> Result<()> {
        let node = self.find(Role::Toggle, name)?;
        let on = || -> Result<Option<()>> {
            let states: Vec<u32> = self.at(&node, ACCESSIBLE)?.call("GetState", &())?;
            Ok(states.first().is_some_and(|states| states & PRESSED != 0).then_some(()))
        };
        self.wait(&format!("“{name}” to be on"), on)
    }

    /// Waits for the first thing of this role whose name begins with `name`.
    fn find(&self, role: Role, name: &str) -> Result<Node> {
        let found = || -> Result<Option<Node>> {
            let wanted = |(_, is, called): &(Node, u32, String)| *is == role as u32 && called.starts_with(name);
            Ok(self.all()?.into_iter().find(wanted).map(|(node, ..)| node))
        };
        self.wait(&format!("a {role:?} “{name}”"), found)
    }

    fn wait<T>(&self, what: &str, ask: impl Fn() -> Result<Option<T>>) -> Result<T> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(answer) = ask()? {
                return Ok(answer);
            }
            ensure!(Instant::now() < deadline, "waited in vain for {what}; there is {:?}", self.said()?);
        }
    }

    /// Role and name of everything that has a name.
    fn said(&self) -> Result<Vec<String>> {
        let named = self.all()?.into_iter().filter(|(_, _, name)| !name.is_empty());
        Ok(named.map(|(_, role, name)| format!("{role} “{name}”")).collect())
    }

    fn all(&self) -> Result<Vec<(Node, u32, String)>> {
        let (owner, path) = REGISTRY;
        let mut open = vec![Node { owner: owner.to_owned(), path: OwnedObjectPath::try_from(path)? }];
        let mut all = vec![];
        while let Some(node) = open.pop() {
            // The page changes while it is read; what is gone has no place in the tree.
            let Ok((role, name, children)) = self.look_at(&node) else { continue };
            open.extend(children.into_iter().rev());
            all.push((node, role, name));
        }
        Ok(all)
    }

    fn look_at(&self, node: &Node) -> Result<(u32, String, Vec<Node>)> {
        let proxy = self.at(node, ACCESSIBLE)?;
        let mut children: Vec<(String, OwnedObjectPath)> = proxy.call("GetChildren", &())?;
        if children.is_empty() && proxy.get_property::<i32>("ChildCount")? > 0 {
            // The web page is a process of its own, plugged into the window; that child is given one by one only.
            children.push(proxy.call("GetChildAtIndex", &(0_i32))?);
        }
        let children = children.into_iter().map(|(owner, path)| Node { owner, path }).collect();
        Ok((proxy.call("GetRole", &())?, proxy.get_property("Name")?, children))
    }

    fn at(&self, node: &Node, interface: &'static str) -> Result<Proxy<'_>> {
        let builder = zbus::blocking::proxy::Builder::new(&self.bus);
        let builder = builder.destination(node.owner.clone())?.path(node.path.clone())?.interface(interface)?;
        // A property is asked for when it is wanted: nothing here listens for changes.
        builder.cache_properties(zbus::proxy::CacheProperties::No).build().context("no such thing in the tree")
    }
}
