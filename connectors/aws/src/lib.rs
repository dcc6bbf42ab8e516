//! Amazon Web Services: IAM users, roles, policies, keys and other credentials of one account.
