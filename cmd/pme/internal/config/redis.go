package config

import "net/url"

// withoutPassword moves a user and a password that are in the URL of the fleet, as many platforms set REDIS_URL, to their own fields, so
// that no text has a secret in it. What is said of these fields themselves replaces them.
func (s statements) withoutPassword() {
	said, is := s[fleetURL]
	if !is {
		return
	}
	u, err := url.Parse(said.value.(string))
	if err != nil || u.User == nil {
		return
	}
	if password, has := u.User.Password(); has {
		s.addMissing(fleetPassword, statement{secretTexts{password}, said.at})
	}
	if name := u.User.Username(); name != "" {
		s.addMissing(fleetUsername, statement{name, said.at})
	}
	u.User = nil
	s[fleetURL] = statement{u.String(), said.at}
}

func (s statements) addMissing(p *part, said statement) {
	if _, is := s[p]; !is {
		s[p] = said
	}
}

var (
	fleetURL      = root.find("fleet.url")
	fleetUsername = root.find("fleet.username")
	fleetPassword = root.find("fleet.password")
)
