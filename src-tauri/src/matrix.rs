//! The one list of commands, and what each of them wants before it runs. The build, the handler, the
//! gate in front of it and the bindings are all made of it: a command without a row is dead code, and
//! dead code does not compile here.

/// Hands every row to the macro `$rows`.
macro_rules! matrix {
    ($rows:ident) => {
        $rows! {
            commands::boot => Anyone,
            commands::retry_start => Anyone,
            commands::set_prefs => Anyone,
            commands::print_page => Anyone,
            commands::ui_ready => Anyone,
            commands::pair => Unpaired,
            commands::try_here => Unpaired,
            commands::enrol_pin => Paired,
            commands::unlock => Paired,
            commands::lock => Paired,
            commands::confirm_pin => Clerk,
            commands::sync_status => Paired,
            commands::send_now => Paired,
            commands::day => Clerk,
            floor::board => Clerk,
            floor::visit => Clerk,
            floor::arrive => Clerk,
            floor::note => Clerk,
            floor::close_visit => Clerk,
            floor::hand_over => Clerk,
            floor::split_visit => Clerk,
            floor::merge_visits => Clerk,
            floor::set_entered => Clerk,
            floor::set_left => Clerk,
            floor::link_earlier => Clerk,
            floor::likely_same => Clerk,
            floor::correct_visit => Clerk,
            floor::skip_turn => Clerk,
            floor::step_away => Clerk,
            floor::step_in => Clerk,
            floor::undo => Clerk,
            items::find_items => Clerk,
            items::catalogue => Clerk,
            items::quick_words => Clerk,
            items::import_catalogue => Manager,
            contact::turn_to_visitor => Clerk,
            contact::give_contact => Visitor,
            contact::turn_back => Visitor,
            contact::contact_of => Clerk,
            contact::find_contacts => Manager,
            contact::reveal_contact => Manager,
            contact::copy_contact => Manager,
            contact::withdraw_consent => Manager,
            contact::erase_contact => Manager,
            recovery::recover => Anyone,
            recovery::make_recovery_code => Paired,
            recovery::confirm_recovery_code => Paired,
            recovery::rotate_key => Manager,
        }
    };
}
