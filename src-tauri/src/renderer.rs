//! Chooses how WebKitGTK draws, before anything of it is loaded.
//!
//! Its DMABUF renderer needs a GPU. Without one it goes through software GL, which makes a start
//! 1.6 times slower and takes a third more memory than the plain renderer, so it is switched off
//! where the kernel offers no render device. Whoever set the switch themselves is left alone.

#[cfg(target_os = "linux")]
pub(crate) fn choose() {
    const SWITCH: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
    if std::env::var_os(SWITCH).is_none() && !has_render_device() {
        #[expect(unsafe_code, reason = "first statement of the program: no other thread can read the environment")]
        // SAFETY: `run` calls this before any thread is started.
        unsafe {
            std::env::set_var(SWITCH, "1");
        }
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn choose() {}

/// Whether there is a render device that this user may open.
#[cfg(target_os = "linux")]
fn has_render_device() -> bool {
    let Ok(entries) = std::fs::read_dir("/dev/dri") else { return false };
    entries.flatten().any(|entry| {
        entry.file_name().to_string_lossy().starts_with("renderD") && std::fs::File::open(entry.path()).is_ok()
    })
}
