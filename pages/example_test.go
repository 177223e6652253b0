package pages_test

import (
	"fmt"
	"html/template"

	"github.com/go-pme/pme/pages"
)

// A site in German, with a header of its own, that a partner's pages may frame.
func Example() {
	look, err := pages.New(pages.Config{
		Title:          "Räume",
		Strings:        pages.Strings{Lang: "de", NoSpaces: "Noch keine Räume"},
		Templates:      template.Must(template.New("").Parse(`{{define "header"}}<header>Unser Haus</header>{{end}}`)),
		FrameAncestors: []string{"'self'", "https://partner.example.com"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(look.Config().Title, look.Config().ShowcaseURL)
	// Output: Räume https://my.matterport.com
}

// The error names every field that is wrong.
func ExampleNew() {
	_, err := pages.New(pages.Config{ShowcaseURL: "my.matterport.com", AllowedOrigins: []string{"*"}})
	fmt.Println(err)
	// Output:
	// pages: ShowcaseURL is "my.matterport.com": want an origin such as https://my.matterport.com
	// pages: AllowedOrigins has "*": want an exact origin such as https://app.example.com or capacitor://localhost
}
