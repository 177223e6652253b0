package config

//go:generate go test -run TestGenerated -update .

// A description is what the comment of a part in the types says. The file descriptions.go has them all.
type description struct {
	about    string // what it is
	standard string // what counts if it is not set
	required string // when it must be said: "Required with url", or ""
}

// text returns the whole description.
func (d description) text() string {
	text := d.about
	if d.required != "" {
		text += " " + d.required + "."
	}
	if d.standard != "" {
		text += " Default: " + d.standard + "."
	}
	return text
}

// aboutFile describes the key or the flag of a secret's file.
func aboutFile(key string) string {
	return "A file with the values of " + key + ", one on each line, the newest first. It is read again when it changes."
}

// usage says what the flag of a field is for, and what the variable is.
func (p *part) usage() string {
	if p.isSecret() {
		return aboutFile(p.path) + " (" + p.env + envFileSuffix + ")"
	}
	return descriptions[p.path].text() + " (" + p.env + ")"
}
