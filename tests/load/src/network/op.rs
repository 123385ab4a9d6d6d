//! What may happen.

/// One thing that happens. Devices are counted from 0, visits in the order of their arrival anywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// A party comes in, on this device.
    Arrive(u8),
    /// A tap: device, visit, which tap.
    Tap(u8, u8, u8),
    /// A note of so many thousand characters: device, visit.
    Write(u8, u8, u8),
    /// The party leaves: device, visit.
    Close(u8, u8),
    /// It comes back: device, visit.
    Reopen(u8, u8),
    /// Another clerk takes over: device, visit.
    HandOver(u8, u8),
    /// It came in at another time: device, visit.
    Retime(u8, u8),
    /// What is known is put right: device, visit.
    Correct(u8, u8),
    /// There was no such visit: device, visit.
    Void(u8, u8),
    /// It is the same visitor as in another visit: device, visit, the other one.
    Link(u8, u8, u8),
    /// Two cards are one party: device, the card that goes, the one that stays.
    Merge(u8, u8, u8),
    /// Somebody leaves a party: device, visit.
    Split(u8, u8),
    /// A visitor leaves a contact, or changes it: device, visit.
    Give(u8, u8),
    /// The contact that was left here is erased: device, visit.
    Erase(u8, u8),
    /// Somebody presses "send now" on this device.
    Ask(u8),
    /// So many milliseconds pass.
    Wait(u32),
    /// The next so many calls of this kind from this device go so.
    Net(u8, Call, Fault, u8),
    /// The program of this device ends without a word and starts again.
    Restart(u8),
    /// Somebody sets the clock of this device on by so many hours, or back.
    Jump(u8, i16),
    /// The disk of this device takes no more.
    Full(u8),
    /// It does again.
    Room(u8),
    /// Headquarters is killed and starts again.
    HqRestart,
    /// Somebody sets its clock on by so many hours, or back.
    HqJump(i16),
    /// Its disk takes no more.
    HqFull,
    /// It does again.
    HqRoom,
    /// It is stopped, its database is copied, and it starts again.
    HqBackup,
    /// It is stopped, and put back from the last copy.
    HqRestore,
    /// It shuts this device out.
    Revoke(u8),
    /// Other people work in the store from now on.
    Roster,
}

impl Op {
    /// The device that it is about.
    pub(crate) fn device(self) -> Option<u8> {
        match self {
            Self::Arrive(n)
            | Self::Tap(n, ..)
            | Self::Write(n, ..)
            | Self::Close(n, _)
            | Self::Reopen(n, _)
            | Self::HandOver(n, _)
            | Self::Retime(n, _)
            | Self::Correct(n, _)
            | Self::Void(n, _)
            | Self::Link(n, ..)
            | Self::Merge(n, ..)
            | Self::Split(n, _)
            | Self::Give(n, _)
            | Self::Erase(n, _)
            | Self::Ask(n)
            | Self::Net(n, ..)
            | Self::Restart(n)
            | Self::Jump(n, _)
            | Self::Full(n)
            | Self::Room(n)
            | Self::Revoke(n) => Some(n),
            Self::Wait(_)
            | Self::HqRestart
            | Self::HqJump(_)
            | Self::HqFull
            | Self::HqRoom
            | Self::HqBackup
            | Self::HqRestore
            | Self::Roster => None,
        }
    }
}

/// Which calls a fault is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// Any of them.
    Any,
    /// `GET /v1/hello`.
    Hello,
    /// `POST /v1/batches`.
    Batches,
    /// `POST /v1/contacts`.
    Contacts,
    /// `POST /v1/config`.
    Config,
    /// `POST /v1/feed`.
    Feed,
}

/// How a call goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It never arrives.
    DropBefore,
    /// It is done, and the answer never arrives.
    DropAfter,
    /// The connection breaks after so many bytes of the body.
    CutRequest(u16),
    /// It is done, and so many bytes of the answer arrive.
    CutAnswer(u16),
    /// It arrives twice, and the second answer counts.
    Twice,
    /// It takes so many seconds to arrive, which the device may not wait for.
    LateThere(u8),
    /// It is done at once, and the answer takes so many seconds.
    LateBack(u8),
    /// It never arrives, and an older answer comes once more.
    Replay,
    /// It never arrives, and somebody makes an answer up.
    Forged(Forgery),
    /// A captive portal answers with a page.
    Portal,
    /// Something in between sends the device elsewhere.
    Redirect,
    /// Something in between answers with nothing.
    NoContent,
    /// Something in between fails, in its own words.
    BadGateway,
    /// Headquarters is busy and wants the device back in so many seconds.
    Busy(u8),
}

/// What is wrong with an answer that was made up. In all but the first two somebody holds the key of
/// headquarters: each check has to hold by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forgery {
    /// Somebody else signed.
    Stranger,
    /// Nobody did.
    Unsigned,
    /// It was signed for another purpose.
    Purpose,
    /// It is about another request.
    Request,
    /// It is about other bytes.
    Digest,
    /// It is for another device.
    Device,
    /// It speaks of one record less.
    Fewer,
    /// It speaks of one record more.
    More,
}
