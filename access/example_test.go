package access_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
)

func Example() {
	policy, err := access.List{
		{Groups: []string{"facilities"}, Models: []string{"*"}},
		{Emails: []string{"alice@example.com"}, Models: []string{"SxQL3iGyoDo"}},
	}.Policy()
	if err != nil {
		log.Fatal(err)
	}

	ctx := context.Background()
	alice := &identity.User{ID: "4711", Email: "Alice@example.com", EmailVerified: true}
	bob := &identity.User{ID: "4712", Groups: []string{"facilities"}}
	for _, user := range []*identity.User{alice, bob} {
		for _, model := range []string{"SxQL3iGyoDo", "yyHDFKzPzvN"} {
			ok, err := policy.Allowed(ctx, user, model)
			fmt.Println(user.ID, model, ok && err == nil)
		}
	}
	// Output:
	// 4711 SxQL3iGyoDo true
	// 4711 yyHDFKzPzvN false
	// 4712 SxQL3iGyoDo true
	// 4712 yyHDFKzPzvN true
}

func ExampleList() {
	policy, err := access.List{{
		Users:  []string{"alice"},
		Models: []string{"yyHDFKzPzvN", "SxQL3iGyoDo"},
		Names:  map[string]string{"yyHDFKzPzvN": "Warehouse"},
	}}.Policy()
	if err != nil {
		log.Fatal(err)
	}
	grants, err := policy.Grants(context.Background(), &identity.User{ID: "alice"})
	if err != nil {
		log.Fatal(err)
	}
	for _, m := range grants.Models {
		fmt.Printf("%s %q\n", m.ID, m.Name)
	}
	// Output:
	// yyHDFKzPzvN "Warehouse"
	// SxQL3iGyoDo ""
}

// All problems of a list are reported at once.
func ExampleList_Policy() {
	_, err := access.List{
		{Users: []string{"alice"}, Models: []string{"SxQL3iGyoDo"}},
		{Emails: []string{"bob"}, Models: []string{"abc"}},
	}.Policy()
	fmt.Println(err)
	// Output:
	// access: rule 2: "bob" among emails is not an address such as alice@example.com
	// access: rule 2: model "abc" is not a model ID: 11 letters and digits
}

// A function decides where the host application already knows the answer, for instance in a database.
func ExampleFunc() {
	tenants := map[string]string{"alice": "SxQL3iGyoDo"}
	policy := access.Func(func(_ context.Context, u *identity.User, model string) (bool, error) {
		return tenants[u.ID] == model, nil
	})
	ok, err := policy.Allowed(context.Background(), &identity.User{ID: "alice"}, "SxQL3iGyoDo")
	fmt.Println(ok, err)
	// Output: true <nil>
}

func ExampleOpenFile() {
	file, err := access.OpenFile("../testdata/allow.yaml", access.FileOptions{Interval: time.Minute})
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	stop := file.Watch(func() { fmt.Println("the list has changed") })
	defer stop()

	grants, err := file.Grants(context.Background(), &identity.User{ID: "bob"})
	if err != nil {
		log.Fatal(err)
	}
	for _, m := range grants.Models {
		fmt.Println(m.ID, m.Name)
	}
	// Output:
	// Zh14WDtkjdC Laboratory
	// iL4RdJqi2yK Guest house
}

// The error names every problem of the file with its line.
func ExampleOpenFile_problems() {
	_, err := access.OpenFile("../testdata/allow-broken/names.yaml", access.FileOptions{})
	fmt.Println(err)
	// Output:
	// ../testdata/allow-broken/names.yaml:6: the name of model "yyHDFKzPzvN" is empty: remove it
	// ../testdata/allow-broken/names.yaml:8: "*" stands for many models and cannot have a name
	// ../testdata/allow-broken/names.yaml:12: model "SxQL3iGyoDo" is named "Headquarters" here and "Head office" before (line 4): give it one name
	// ../testdata/allow-broken/names.yaml:15: name is a number: if text is meant, write "24" in quotes
}

// tenancy is a Policy of the application's own. The method Policy makes it a Source.
type tenancy map[string]string

func (t tenancy) Allowed(_ context.Context, u *identity.User, model string) (bool, error) {
	return u.SignedIn() && t[u.ID] == model, nil
}

func (t tenancy) Grants(_ context.Context, u *identity.User) (access.Grants, error) {
	if !u.SignedIn() || t[u.ID] == "" {
		return access.Grants{}, nil
	}
	return access.Grants{Models: []access.Model{{ID: t[u.ID]}}}, nil
}

func (t tenancy) Policy() (access.Policy, error) { return t, nil }

// A Policy of your own is a Source if it returns itself.
func ExampleSource() {
	var source access.Source = tenancy{"alice": "SxQL3iGyoDo"}
	policy, err := source.Policy()
	if err != nil {
		log.Fatal(err)
	}
	ok, err := policy.Allowed(context.Background(), &identity.User{ID: "alice"}, "SxQL3iGyoDo")
	fmt.Println(ok, err)
	// Output: true <nil>
}
