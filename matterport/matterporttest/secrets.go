package matterporttest

import "slices"

// ResetClientSecret replaces the client secret of the first account, as the button "Reset secret" does, and ends every
// application token. Matterport has one secret at a time: several let a test have a rotation that overlaps, and none is an
// account whose application was deleted. Embed tokens go on.
func (s *Server) ResetClientSecret(secrets ...string) {
	s.mu.Lock()
	s.secrets = slices.Clone(secrets)
	s.mu.Unlock()
	s.ExpireAppTokens()
}

// ResetOAuthClientSecret replaces the client secret of the OAuth application. Its grants and tokens go on.
func (s *Server) ResetOAuthClientSecret(secrets ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.oauthSecrets = slices.Clone(secrets)
}

// knows reports whether these are credentials of the first account.
func (s *Server) knows(id, secret string) bool {
	return id == s.cfg.ClientID && s.isOneOf(&s.secrets, secret)
}

func (s *Server) isOneOf(secrets *[]string, secret string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Contains(*secrets, secret)
}
