package matterporttest

import "slices"

// caller is whom a bearer token lets use the Model API.
type caller struct {
	account   string   // whose spaces it is about
	delegated bool     // the OAuth application, in the name of the account's owner
	scopes    []string // what the owner has allowed
}

// caller looks a bearer token up and says whether it was ever handed out, and whether it still works.
func (s *Server) caller(bearer string) (c caller, known, live bool) {
	now := s.now()
	if known, live = s.checkApp(bearer, now); known {
		return caller{account: s.accounts[0].ID}, true, live
	}
	a, known := s.useAccess(bearer, now)
	return caller{account: a.account, delegated: true, scopes: a.scopes}, known, a.fault == ""
}

// mayView refuses queries to an application that was not allowed them.
func (c caller) mayView() *graphError {
	if c.delegated && !slices.Contains(c.scopes, viewDetails) {
		return fault(codeUnauthorized, "the token does not have the scope "+viewDetails)
	}
	return nil
}

// mayEmbed refuses the mutations to tokens of a grant. None of the scopes speaks of embed tokens.
func (c caller) mayEmbed() *graphError {
	if c.delegated {
		return fault(codeUnauthorized, "embed tokens need the application token of the account")
	}
	return nil
}

// mayManage refuses webhooks to tokens of a grant.
func (c caller) mayManage() *graphError {
	if c.delegated {
		return fault(codeUnauthorized, "webhooks need the application token of the account")
	}
	return nil
}
