package matterport

import (
	"errors"
	"net/url"
	"strings"
	"unicode"

	"github.com/go-pme/pme/internal/weburl"
)

// problems collects what is wrong with a configuration, so that the operator learns all of it at once.
// No value is quoted: a URL may carry a password by mistake.
type problems struct {
	of   string // the configuration's type
	list []error
}

// report notes a problem, which begins with the name of a field.
func (p *problems) report(bad bool, problem string) {
	if bad {
		p.list = append(p.list, errors.New("matterport: "+p.of+"."+problem))
	}
}

func (p *problems) err() error { return errors.Join(p.list...) }

// webURL reads an absolute https URL without a user and a fragment. Plain http is taken for a loopback
// host only; why says what else would be at risk. It returns nil after a problem.
func (p *problems) webURL(field, text, why string) *url.URL {
	parsed, err := url.Parse(text)
	switch {
	case err != nil || parsed.Hostname() == "" || (parsed.Scheme != "https" && parsed.Scheme != "http"):
		p.report(true, field+" must be an absolute https URL")
	case parsed.Scheme == "http" && !weburl.IsLoopback(parsed.Hostname()):
		p.report(true, field+" must be https: "+why)
	case parsed.User != nil || strings.Contains(text, "#"):
		p.report(true, field+" must have no user and no fragment")
	default:
		return parsed
	}
	return nil
}

// untidy tells of white space or control characters, which no credential of Matterport's has.
func untidy(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
}
