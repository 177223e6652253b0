package config

import (
	"flag"
	"strings"

	"github.com/go-pme/pme/cmd/pme/internal/config/internal/form"
)

// Flags are the flags of a command line that say something of the configuration.
type Flags struct {
	file  []string
	given map[*part][]string
}

// RegisterFlags adds a flag for each field to a set, such as -matterport.client_id, and the flag -config, which names the YAML file. A
// secret has one for its file only, as every user of the machine can read the arguments of a process. The values are checked by [Load].
func RegisterFlags(set *flag.FlagSet) *Flags {
	flags := &Flags{given: map[*part][]string{}}
	set.Func("config", "the YAML `file` with the configuration ("+envFile+")", func(text string) error {
		flags.file = append(flags.file, text)
		return nil
	})
	for p := range root.fields() {
		keep := func(text string) error {
			flags.given[p] = append(flags.given[p], text)
			return nil
		}
		if p.kind == typeBool {
			set.BoolFunc(p.flag(), p.usage(), keep)
		} else {
			set.Func(p.flag(), p.usage(), keep)
		}
	}
	return flags
}

// File returns the value of the flag -config, or "".
func (f *Flags) File() string {
	if len(f.file) == 0 {
		return ""
	}
	return f.file[len(f.file)-1]
}

// readFlags returns what the flags say.
func readFlags(flags *Flags, problems *collector) statements {
	if flags == nil {
		return nil
	}
	switch {
	case len(flags.file) > 1:
		problems.add(origin{name: "-config"}, "", *form.Wrong("the flag is given twice", "give it once"))
	case len(flags.file) == 1 && flags.File() == "":
		problems.add(origin{name: "-config"}, "", *form.Wrong("the flag is empty", "name a file, or leave it out"))
	}
	said := statements{}
	for p := range root.fields() {
		texts := flags.given[p]
		at := origin{name: "-" + p.flag()}
		switch {
		case len(texts) == 0:
		case len(texts) > 1:
			problems.add(at, p.path, *form.Wrong("the flag is given twice", "give it once, with all values of a list separated by commas"))
		case texts[0] == "":
			problems.add(at, p.path, *form.Wrong("the flag is empty", "give it a value, or leave it out"))
		case p.isSecret():
			if name, bad := parseSecretFile(texts[0]); bad != nil {
				problems.add(at, p.path, *bad)
			} else {
				said[p] = statement{name, at}
			}
		case p == fleetURL && strings.Contains(texts[0], "@"):
			problems.add(at, p.path, *form.Wrong("the URL has a user in it, and every user of the machine can read the arguments of a process", "give -fleet.username and -fleet.password_file"))
		default:
			if value, ok := p.fromText(texts[0], at, problems); ok {
				said[p] = statement{value, at}
			}
		}
	}
	return said
}
