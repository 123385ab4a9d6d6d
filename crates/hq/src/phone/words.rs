//! Every word that headquarters says to a visitor, in both languages; those of the turned screen where it says
//! the same.

use super::language::Language;
use floorbook_protocol::NotKept;

/// What went wrong, and what to do next.
pub(super) struct Said {
    pub(super) title: &'static str,
    pub(super) next: &'static str,
}

pub(super) struct Words {
    pub(super) other_language: &'static str,
    pub(super) title: &'static str,
    pub(super) lead: &'static str,
    pub(super) name: &'static str,
    pub(super) phone: &'static str,
    pub(super) phone_hint: &'static str,
    pub(super) more: &'static str,
    pub(super) wechat: &'static str,
    pub(super) wechat_hint: &'static str,
    pub(super) email: &'static str,
    pub(super) address: &'static str,
    pub(super) notice: &'static str,
    pub(super) notice_version: &'static str,
    pub(super) way: &'static str,
    pub(super) purposes: &'static str,
    pub(super) of_age: &'static str,
    pub(super) submit: &'static str,
    pub(super) none: &'static str,
    /// Before the answers that a question waits for.
    pub(super) only_if: &'static str,
    /// Between such answers.
    pub(super) or: &'static str,
    pub(super) error: &'static str,
    pub(super) thanks: &'static str,
    pub(super) code: &'static str,
    pub(super) code_use: &'static str,
    pub(super) refused: Said,
    pub(super) closed: Said,
    pub(super) away: Said,
    pub(super) unknown: Said,
    pub(super) busy: Said,
    pub(super) unreadable: Said,
    pub(super) crowded: Said,
    consent_missing: Said,
    contact_missing: Said,
    phone_invalid: Said,
    email_invalid: Said,
    bad_input: Said,
    failed: Said,
}

impl Words {
    pub(super) fn of(language: Language) -> &'static Self {
        match language {
            Language::Chinese => &CHINESE,
            Language::English => &ENGLISH,
        }
    }

    pub(super) fn why(&self, why: NotKept) -> &Said {
        match why {
            NotKept::ConsentMissing => &self.consent_missing,
            NotKept::ContactMissing => &self.contact_missing,
            NotKept::PhoneInvalid => &self.phone_invalid,
            NotKept::EmailInvalid => &self.email_invalid,
            NotKept::BadInput => &self.bad_input,
            NotKept::Failed => &self.failed,
        }
    }
}

const CHINESE: Words = Words {
    other_language: "English",
    title: "留下联系方式（可选）",
    lead: "请您自己填写。只有勾选过的用途才会使用。",
    name: "称呼",
    phone: "手机号",
    phone_hint: "店员只看得到后四位",
    more: "其他方式",
    wechat: "微信号",
    wechat_hint: "5–20 个字母、数字、- 或 _",
    email: "邮箱",
    address: "地址",
    notice: "我们如何使用您的信息",
    notice_version: "告知书 v",
    way: "您在这里填写的内容，由总部的服务器转给店里那台设备；服务器不保存这一页。",
    purposes: "您同意的用途",
    of_age: "我已年满 14 周岁",
    submit: "同意并提交",
    none: "不留",
    only_if: "上面选了这些才需回答：",
    or: "、",
    error: "出错了：",
    thanks: "谢谢，已经收好",
    code: "您的回执码",
    code_use: "请抄下或截图：凭这个码或手机号，您随时可以到任一门店查看、更正、删除，或收回同意。",
    refused: Said {
        title: "好的，什么都没有留下", next: "不留也不影响任何服务。可以关闭这一页了。"
    },
    closed: Said {
        title: "这个页面已关闭",
        next: "刚刚提交过的话，店里的屏幕上有您的回执码。想填写，请店员再转一次屏幕，扫新的码。",
    },
    away: Said {
        title: "没有提交成功", next: "店里的设备没有回应，什么都没有留下。请再试一次，或告诉店员。"
    },
    unknown: Said {
        title: "不知道有没有收好",
        next: "店里的设备没有回话。请看一眼店里的屏幕：有回执码就是收好了；没有就请告诉店员。",
    },
    busy: Said { title: "另一部手机刚刚提交了这一页", next: "请稍等片刻再试一次。" },
    unreadable: Said {
        title: "这次提交读不出来", next: "什么都没有留下。请返回上一页再试一次。"
    },
    crowded: Said { title: "访问太频繁了", next: "请过一分钟再试。" },
    consent_missing: Said {
        title: "还差您的同意", next: "请至少勾选一个用途，并勾选年龄；不想留就按“不留”。"
    },
    contact_missing: Said {
        title: "还没有能联系到您的方式",
        next: "请填手机号，或在“其他方式”里填微信号或邮箱；不想留就按“不留”。",
    },
    phone_invalid: Said {
        title: "手机号不对", next: "请核对位数；境外号码请以 + 和国家代码开头。"
    },
    email_invalid: Said { title: "邮箱不对", next: "请核对，例如 chen@example.com。" },
    bad_input: Said { title: "填写的内容不对", next: "请检查后再试一次。" },
    failed: Said { title: "店里的设备没能保存", next: "什么都没有留下。请告诉店员。" },
};

const ENGLISH: Words = Words {
    other_language: "中文",
    title: "Leave a contact (optional)",
    lead: "Please fill this in yourself. Only the purposes you tick count.",
    name: "Name",
    phone: "Phone",
    phone_hint: "Clerks see the last four digits only",
    more: "Other ways",
    wechat: "WeChat id",
    wechat_hint: "5 to 20 letters, digits, - or _",
    email: "E-mail",
    address: "Address",
    notice: "How your information is used",
    notice_version: "Notice v",
    way: "What you type here goes through headquarters' server to the device in the store; the server keeps nothing of this page.",
    purposes: "Purposes you agree to",
    of_age: "I am 14 or older",
    submit: "Agree and submit",
    none: "Leave nothing",
    only_if: "Only if you chose this above: ",
    or: ", ",
    error: "Error: ",
    thanks: "Thank you, it is kept safe",
    code: "Your receipt code",
    code_use: "Write it down or take a screenshot: with this code or your number you can see, correct, erase or take back what you left, at any time, in any store.",
    refused: Said { title: "Fine: nothing was kept", next: "That changes nothing. You can close this page." },
    closed: Said {
        title: "This page is closed",
        next: "If you have just submitted it, the screen in the store shows your receipt code. To fill it in, ask the staff to turn the screen once more and scan the new code.",
    },
    away: Said {
        title: "It was not submitted",
        next: "The device in the store does not answer, and nothing was kept. Try again, or tell the staff.",
    },
    unknown: Said {
        title: "We do not know whether it was kept",
        next: "The device in the store stopped answering. Look at the screen in the store: a receipt code means that it was kept. Otherwise tell the staff.",
    },
    busy: Said { title: "Another phone has just submitted this page", next: "Wait a moment, then try again." },
    unreadable: Said { title: "That could not be read", next: "Nothing was kept. Go back and try again." },
    crowded: Said { title: "Too many requests", next: "Wait a minute, then try again." },
    consent_missing: Said {
        title: "Your consent is missing",
        next: "Tick at least one purpose, and your age. If you would rather not, press Leave nothing.",
    },
    contact_missing: Said {
        title: "There is no way to reach you yet",
        next: "Type a phone number, or a WeChat id or an e-mail address under Other ways. If you would rather not, press Leave nothing.",
    },
    phone_invalid: Said {
        title: "This is no phone number",
        next: "Check the digits; begin a number from abroad with + and the country code.",
    },
    email_invalid: Said { title: "This is no e-mail address", next: "Check it, for example chen@example.com." },
    bad_input: Said { title: "Something is filled in wrong", next: "Check it and try again." },
    failed: Said { title: "The device in the store could not keep it", next: "Nothing was kept. Tell the staff." },
};
