//! The language of a page: what the visitor chose, or else what their phone asks for.

/// A language that pages speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    Chinese,
    English,
}

impl Language {
    /// As a page names it.
    pub(super) fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    pub(super) fn other(self) -> Self {
        match self {
            Self::Chinese => Self::English,
            Self::English => Self::Chinese,
        }
    }

    /// By the query of the address, then by `Accept-Language` (RFC 9110). English for whom neither is the first
    /// choice; Chinese where nothing is said.
    pub(super) fn of(query: Option<&str>, accepted: Option<&str>) -> Self {
        let chosen = query.and_then(|query| {
            let (_, value) = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "lang")?;
            Self::known(&value)
        });
        chosen.unwrap_or_else(|| accepted.map_or(Self::Chinese, Self::accepted))
    }

    fn accepted(header: &str) -> Self {
        let weighed = header.split(',').filter_map(|part| {
            let (range, weight) = part.split_once(";q=").unwrap_or((part, "1"));
            let language = Self::known(range.trim())?;
            Some((language, weight.trim().parse::<f32>().ok().filter(|weight| *weight > 0.0)?))
        });
        // The first of the heaviest.
        let best = weighed.reduce(|best, next| if next.1 > best.1 { next } else { best });
        best.map_or(Self::English, |(language, _)| language)
    }

    fn known(tag: &str) -> Option<Self> {
        match tag.split('-').next()?.to_ascii_lowercase().as_str() {
            "zh" => Some(Self::Chinese),
            "en" => Some(Self::English),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{Chinese, English};

    #[test]
    fn a_page_speaks_what_the_visitor_or_the_phone_wants() {
        for (query, accepted, language) in [
            (None, None, Chinese),
            (None, Some("zh-CN,zh;q=0.9,en;q=0.8"), Chinese),
            (None, Some("en-GB,en;q=0.9,zh;q=0.8"), English),
            (None, Some("fr,zh;q=0.5,en;q=0.7"), English),
            (None, Some("ja"), English),
            (None, Some("en;q=0, zh-Hant;q=0.1"), Chinese),
            (Some("lang=en"), Some("zh-CN"), English),
            (Some("x=1&lang=zh-CN"), Some("en"), Chinese),
            (Some("lang=%00"), Some(";q=,,;"), English),
        ] {
            assert_eq!(Language::of(query, accepted), language, "{query:?} {accepted:?}");
        }
    }
}
