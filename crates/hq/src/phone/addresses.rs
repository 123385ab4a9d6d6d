//! How often each address comes: nobody needs many looks at a page for one form.

use axum::http::HeaderMap;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Requests of one address in a window; a store's visitors may share one.
const REQUESTS_MAX: u32 = 120;
const WINDOW_MS: u64 = 60_000;
/// Addresses that are counted by themselves; further ones are counted together.
const ADDRESSES_MAX: usize = 8_192;

/// The requests of one window, by address. Kept in memory for a minute, and nowhere else.
#[derive(Debug, Default)]
pub(super) struct Addresses {
    since_ms: u64,
    counts: HashMap<IpAddr, u32>,
}

impl Addresses {
    /// Whether one more request of `address` is answered.
    pub(super) fn admit(&mut self, address: IpAddr, now_ms: u64) -> bool {
        if now_ms.saturating_sub(self.since_ms) >= WINDOW_MS {
            *self = Self { since_ms: now_ms, counts: HashMap::new() };
        }
        let is_known = self.counts.contains_key(&address) || self.counts.len() < ADDRESSES_MAX;
        let count = self.counts.entry(if is_known { address } else { Ipv4Addr::UNSPECIFIED.into() }).or_default();
        *count = count.saturating_add(1);
        *count <= REQUESTS_MAX
    }
}

/// Whose request it is. A peer on this machine is the proxy, which says last whom it heard; an IPv6 line
/// counts as one.
pub(super) fn address_of(peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let said = headers.get_all("x-forwarded-for").iter().next_back().and_then(|value| value.to_str().ok());
    let last = said.and_then(|said| said.rsplit(',').next()).and_then(|last| last.trim().parse().ok());
    match last.filter(|_| peer.is_loopback()).unwrap_or(peer) {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_has_its_share_of_a_minute_and_takes_no_other_ones() {
        let mut addresses = Addresses::default();
        for _ in 0..REQUESTS_MAX {
            assert!(addresses.admit(address("192.0.2.1"), 1_000));
        }
        assert!(!addresses.admit(address("192.0.2.1"), 1_000) && addresses.admit(address("192.0.2.2"), 1_000));
        assert!(addresses.admit(address("192.0.2.1"), 1_000 + WINDOW_MS));
    }

    #[test]
    fn so_many_addresses_are_remembered_and_no_more() {
        let mut addresses = Addresses::default();
        for number in 0..2 * u32::try_from(ADDRESSES_MAX).unwrap() {
            addresses.admit(Ipv4Addr::from_bits(number).into(), 1);
        }
        assert!(addresses.counts.len() <= ADDRESSES_MAX + 1);
    }

    #[test]
    fn only_a_proxy_on_this_machine_speaks_for_others() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "203.0.113.9, 198.51.100.7".parse().unwrap());
        assert_eq!(address_of(address("127.0.0.1"), &headers), address("198.51.100.7"), "what it heard itself");
        assert_eq!(address_of(address("192.0.2.1"), &headers), address("192.0.2.1"));
        assert_eq!(address_of(address("127.0.0.1"), &HeaderMap::new()), address("127.0.0.1"));
        assert_eq!(address_of(address("2001:db8::1:2:3:4"), &headers), address("2001:db8::"));
    }
}
