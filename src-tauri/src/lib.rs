//! floorbook-shell
