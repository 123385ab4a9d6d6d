//! The commands of the screen that is turned to a visitor, and of what visitors may ask for later.

use super::{Answer, Here, bad_input, guarded, read_visit};
use crate::dto::{Boot, ContactCard, ContactCopy, ContactInput, GivenContact, MaskedContact, RevealReason};
use floorbook_model::ContactId;

/// Turns the screen to the visitor; nothing else is reached then until somebody signs in.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn turn_to_visitor(shell: Here<'_>, visit_id: String) -> Answer<Boot> {
    guarded(|| {
        shell.device().turn_to_visitor(read_visit(&visit_id)?)?;
        shell.boot()
    })
}

/// The visitor leaves a contact.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn give_contact(shell: Here<'_>, given: ContactInput) -> Answer<GivenContact> {
    guarded(|| {
        let code = shell.device().give_contact(&given.into())?;
        Ok(GivenContact { code, boot: shell.boot()? })
    })
}

/// The visitor leaves nothing.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn turn_back(shell: Here<'_>) -> Answer<Boot> {
    guarded(|| {
        shell.device().turn_back()?;
        shell.boot()
    })
}

/// The contact that was left in a visit, masked; null when there is none on this device.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn contact_of(shell: Here<'_>, visit_id: String) -> Answer<Option<MaskedContact>> {
    guarded(|| Ok(shell.device().contact_of(read_visit(&visit_id)?)?.map(MaskedContact::from)))
}

/// The contacts with this phone number, or the one with this receipt code.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn find_contacts(shell: Here<'_>, query: String) -> Answer<Vec<MaskedContact>> {
    guarded(|| Ok(shell.device().find_contacts(&query)?.into_iter().map(MaskedContact::from).collect()))
}

/// What a visitor typed; that somebody looks goes on record.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn reveal_contact(shell: Here<'_>, contact_id: String, reason: RevealReason) -> Answer<ContactCard> {
    guarded(|| Ok(shell.device().reveal_contact(read_contact(&contact_id)?, reason.into())?.into()))
}

/// Everything that is kept of a visitor, to be handed to them; it goes on record.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn copy_contact(shell: Here<'_>, contact_id: String) -> Answer<ContactCopy> {
    guarded(|| shell.device().copy_contact(read_contact(&contact_id)?)?.try_into())
}

/// The visitor takes purposes back; null when none is left, and the contact is erased with them.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn withdraw_consent(
    shell: Here<'_>,
    contact_id: String,
    purposes: Vec<String>,
) -> Answer<Option<MaskedContact>> {
    guarded(|| {
        let left = shell.device().withdraw_consent(read_contact(&contact_id)?, &purposes)?;
        Ok(left.map(MaskedContact::from))
    })
}

/// Erases what a visitor left.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn erase_contact(shell: Here<'_>, contact_id: String) -> Answer<()> {
    guarded(|| Ok(shell.device().erase_contact(read_contact(&contact_id)?)?))
}

fn read_contact(text: &str) -> Answer<ContactId> {
    text.parse().map_err(bad_input)
}
