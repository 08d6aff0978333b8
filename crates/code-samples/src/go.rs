//! Go, with `net/http`.

use crate::TIMEOUT;
use crate::call::{Call, Shown};
use crate::literal::{go_json, go_text};

/// What comes after the request is made.
const REST: &str = r#"	client := &http.Client{Timeout: TIMEOUT * time.Second}
	response, err := client.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	answer, err := io.ReadAll(response.Body)
	response.Body.Close()
	if err != nil {
		log.Fatal(err)
	}
	if response.StatusCode > 299 {
		log.Fatalf("%s %s", response.Status, answer)
	}
	fmt.Println(string(answer))
}
"#;

pub(crate) fn print(call: &Call) -> String {
    let needed = [("net/url", !call.query.is_empty()), ("strings", call.body.is_some())];
    let needed = needed.into_iter().filter_map(|(package, is_needed)| is_needed.then_some(package));
    let mut imports: Vec<_> = ["fmt", "io", "log", "net/http", "os", "time"].into_iter().chain(needed).collect();
    imports.sort_unstable();
    let imports = format!("\t\"{}\"\n", imports.join("\"\n\t\""));

    let mut lines = Vec::new();
    let mut target = format!("target := os.Getenv(\"{}\") + \"{}\"", call.base, call.path);
    if !call.query.is_empty() {
        lines.push("query := url.Values{}".to_owned());
        lines
            .extend(call.query.iter().map(|(name, value)| format!("query.Set({}, {})", go_text(name), go_text(value))));
        target = format!("target := os.Getenv(\"{}\") + \"{}?\" + query.Encode()", call.base, call.path);
    }
    lines.push(target);
    lines.extend(call.body.iter().map(|body| format!("body := strings.NewReader({})", go_json(body))));
    let body = if call.body.is_some() { "body" } else { "nil" };
    lines.push(format!("request, err := http.NewRequest(http.{}, target, {body})", method(&call.method)));
    lines.push("if err != nil {\n\t\tlog.Fatal(err)\n\t}".to_owned());
    let headers = call.headers.iter();
    lines.extend(
        headers.map(|header| format!("request.Header.Set({}, {})", go_text(&header.name), value(&header.value))),
    );
    let lines = lines.join("\n\t");
    let rest = REST.replace("TIMEOUT", &TIMEOUT.to_string());
    format!("package main\n\nimport (\n{imports})\n\nfunc main() {{\n\t{lines}\n\n{rest}")
}

/// The constant of a method: `MethodPost`.
fn method(method: &str) -> String {
    format!("Method{}{}", &method[..1], method[1..].to_lowercase())
}

fn value(value: &Shown) -> String {
    match value {
        Shown::Literal(text) => go_text(text),
        Shown::Variable { before: "", name } => format!("os.Getenv(\"{name}\")"),
        Shown::Variable { before, name } => format!("{}+os.Getenv(\"{name}\")", go_text(before)),
    }
}
