//! Ruby, with `net/http`.

use crate::TIMEOUT;
use crate::call::{Call, Shown};
use crate::literal::{RUBY, ruby_text};

pub(crate) fn print(call: &Call) -> String {
    let mut lines = Vec::new();
    if call.body.is_some() || call.answers_json {
        lines.push("require \"json\"".to_owned());
    }
    lines.push("require \"net/http\"\n".to_owned());
    lines.push(format!("uri = URI(\"#{{ENV.fetch(\"{}\")}}{}\")", call.base, call.path));
    if !call.query.is_empty() {
        let pairs = call.query.iter().map(|(name, value)| format!("{} => {}", ruby_text(name), ruby_text(value)));
        let pairs = RUBY.block(['(', ')'], &pairs.collect::<Vec<_>>(), 0);
        lines.push(format!("uri.query = URI.encode_www_form{pairs}"));
    }
    let (first, rest) = call.method.split_at(1);
    lines.push(format!("request = Net::HTTP::{first}{}.new(uri)", rest.to_lowercase()));
    let headers = call.headers.iter();
    lines.extend(headers.map(|header| format!("request[{}] = {}", ruby_text(&header.name), value(&header.value))));
    lines.extend(call.body.iter().map(|body| format!("request.body = JSON.generate({})", RUBY.value(body, 0))));
    let answer = if call.answers_json { "JSON.pretty_generate(JSON.parse(response.body))" } else { "response.body" };
    lines.push(format!(
        "\noptions = {{ use_ssl: uri.scheme == \"https\", open_timeout: {TIMEOUT}, read_timeout: {TIMEOUT} }}\n\
         response = Net::HTTP.start(uri.hostname, uri.port, options) {{ |http| http.request(request) }}\n\
         abort \"#{{response.code}} #{{response.body}}\" unless response.is_a?(Net::HTTPSuccess)\n\
         puts {answer}\n"
    ));
    lines.join("\n")
}

fn value(value: &Shown) -> String {
    match value {
        Shown::Literal(text) => ruby_text(text),
        Shown::Variable { before: "", name } => format!("ENV.fetch(\"{name}\")"),
        Shown::Variable { before, name } => format!("\"{before}#{{ENV.fetch(\"{name}\")}}\""),
    }
}
