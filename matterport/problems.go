package matterport

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/go-pme/pme/internal/legible"
	"github.com/go-pme/pme/internal/weburl"
)

// problems collects what is wrong with a configuration, so that the operator learns all of it at once.
// No value is quoted: a URL may carry a password by mistake. The character that is wrong is named.
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

// wrong notes the error of a field, which quotes no value.
func (p *problems) wrong(field string, err error) {
	if err != nil {
		p.list = append(p.list, fmt.Errorf("matterport: %s.%s: %w", p.of, field, err))
	}
}

func (p *problems) err() error { return errors.Join(p.list...) }

// webURL reads an absolute https URL without a user and a fragment. Plain http is taken for a loopback
// host only; why says what else would be at risk. It returns nil after a problem.
func (p *problems) webURL(field, text, why string) *url.URL {
	if legible.InValue(text) != "" {
		p.tidy(field, text)
		return nil
	}
	parsed, err := url.Parse(text)
	switch {
	case err != nil || parsed.Hostname() == "" || (parsed.Scheme != "https" && parsed.Scheme != "http"):
		p.report(true, field+" must be an absolute https URL")
	case parsed.Scheme == "http" && !weburl.IsLoopback(parsed.Hostname()):
		p.report(true, field+" must be https: "+why)
	case parsed.User != nil || strings.Contains(text, "#"):
		p.report(true, field+" must have no user and no fragment")
	case strings.Contains(text, " "):
		p.tidy(field, text)
	default:
		return parsed
	}
	return nil
}

// tidy reports what no credential and no address of Matterport's has.
func (p *problems) tidy(field, text string) {
	wrong := untidy(text)
	p.report(wrong != "", field+" contains white space, control or invisible characters: it "+wrong)
}

// untidy says which white space, control character or invisible character is in text, or returns "".
func untidy(text string) string {
	wrong := legible.InValue(text)
	if wrong == "" && strings.Contains(text, " ") {
		return "has a space (U+0020) in it: remove it"
	}
	return wrong
}
