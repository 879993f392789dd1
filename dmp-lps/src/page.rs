//! A page that is read or printed: written as Markdown or as HTML from the same parts. Texts of users are escaped in
//! both: nothing that somebody typed becomes markup.

use std::fmt::Write;

/// A page in the making.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    title: String,
    language: &'static str,
    blocks: Vec<Block>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Block {
    Heading(String),
    Paragraph(String),
    List(Vec<String>),
    Table { head: Vec<String>, rows: Vec<Vec<Cell>> },
}

/// What stands in a cell of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// Identifiers, set apart one by one.
    Codes(Vec<String>),
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::Text(text.into())
    }
}

impl Page {
    /// An empty page in French.
    #[must_use]
    pub fn french(title: impl Into<String>) -> Self {
        Self { title: title.into(), language: "fr", blocks: Vec::new() }
    }

    /// An empty page in English.
    #[must_use]
    pub fn english(title: impl Into<String>) -> Self {
        Self { language: "en", ..Self::french(title) }
    }

    /// Begins a part.
    #[must_use]
    pub fn heading(mut self, text: impl Into<String>) -> Self {
        self.blocks.push(Block::Heading(text.into()));
        self
    }

    /// A paragraph; nothing when the text is blank.
    #[must_use]
    pub fn paragraph(mut self, text: impl Into<String>) -> Self {
        let text = text.into();
        if !text.trim().is_empty() {
            self.blocks.push(Block::Paragraph(text));
        }
        self
    }

    /// A list; nothing when it is empty.
    #[must_use]
    pub fn list<T: Into<String>>(mut self, items: impl IntoIterator<Item = T>) -> Self {
        let items: Vec<String> = items.into_iter().map(Into::into).collect();
        if !items.is_empty() {
            self.blocks.push(Block::List(items));
        }
        self
    }

    /// A table; its rows have as many cells as its head.
    #[must_use]
    pub fn table<const N: usize>(mut self, head: [&str; N], rows: impl IntoIterator<Item = [Cell; N]>) -> Self {
        let head = head.map(str::to_owned).to_vec();
        self.blocks.push(Block::Table { head, rows: rows.into_iter().map(Vec::from).collect() });
        self
    }

    /// CommonMark, with tables.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut text = format!("# {}\n", markdown(&self.title));
        for block in &self.blocks {
            text.push('\n');
            match block {
                Block::Heading(heading) => text.push_str(&format!("## {}\n", markdown(heading))),
                Block::Paragraph(words) => text.push_str(&format!("{}\n", markdown(words))),
                Block::List(items) => {
                    items.iter().for_each(|item| text.push_str(&format!("- {}\n", markdown(item))));
                }
                Block::Table { head, rows } => {
                    let cells: Vec<String> = head.iter().map(|cell| markdown(cell)).collect();
                    text.push_str(&format!("| {} |\n|{}\n", cells.join(" | "), "---|".repeat(head.len())));
                    for row in rows {
                        let cells: Vec<String> = row.iter().map(markdown_cell).collect();
                        text.push_str(&format!("| {} |\n", cells.join(" | ")));
                    }
                }
            }
        }
        text
    }

    /// A whole HTML document without script, style sheet or anything that is fetched.
    #[must_use]
    pub fn to_html(&self) -> String {
        let title = html(&self.title);
        let mut text = format!(
            "<!DOCTYPE html>\n<html lang=\"{}\">\n<head><meta charset=\"utf-8\"><title>{title}</title></head>\n<body>\n\
             <h1>{title}</h1>\n",
            self.language
        );
        for block in &self.blocks {
            text.push_str(&html_block(block));
        }
        text.push_str("</body>\n</html>\n");
        text
    }
}

fn html_block(block: &Block) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = match block {
        Block::Heading(heading) => writeln!(text, "<h2>{}</h2>", html(heading)),
        Block::Paragraph(words) => writeln!(text, "<p>{}</p>", html(words)),
        Block::List(items) => {
            let items: String = items.iter().map(|item| format!("<li>{}</li>", html(item))).collect();
            writeln!(text, "<ul>{items}</ul>")
        }
        Block::Table { head, rows } => {
            let head: String = head.iter().map(|cell| format!("<th>{}</th>", html(cell))).collect();
            let row = |cells: &Vec<Cell>| {
                let cells: String = cells.iter().map(|cell| format!("<td>{}</td>", html_cell(cell))).collect();
                format!("<tr>{cells}</tr>\n")
            };
            let rows: String = rows.iter().map(row).collect();
            writeln!(text, "<table>\n<tr>{head}</tr>\n{rows}</table>")
        }
    };
    text
}

fn markdown_cell(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => markdown(text),
        Cell::Codes(codes) => {
            // A mark of code ends at the next one, and a bar ends the cell.
            let codes = codes.iter().map(|code| format!("`{}`", code.replace(['`', '|', '\n', '\r'], " ")));
            codes.collect::<Vec<_>>().join(" ")
        }
    }
}

/// One line whose characters mean themselves.
fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut before = ' ';
    let mut rest = text.trim().chars().peekable();
    while let Some(one) = rest.next() {
        let one = if one.is_control() { ' ' } else { one };
        // An underscore inside a word marks nothing.
        let inside = before.is_alphanumeric() && rest.peek().is_some_and(|next| next.is_alphanumeric());
        let marks = match one {
            '\\' | '`' | '*' | '[' | ']' | '<' | '>' | '|' | '&' | '~' | '!' => true,
            '_' => !inside,
            // At the beginning of a line they begin a heading or a list.
            '#' | '-' | '+' | '=' => escaped.is_empty(),
            '.' | ')' => escaped.chars().all(|digit| digit.is_ascii_digit()) && !escaped.is_empty(),
            _ => false,
        };
        if marks {
            escaped.push('\\');
        }
        escaped.push(one);
        before = one;
    }
    escaped
}

fn html_cell(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => html(text),
        Cell::Codes(codes) => {
            codes.iter().map(|code| format!("<code>{}</code>", html(code))).collect::<Vec<_>>().join(" ")
        }
    }
}

fn html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for one in text.trim().chars() {
        match one {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' => escaped.push_str("<br>"),
            one if one.is_control() => escaped.push(' '),
            one => escaped.push(one),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_typed_is_no_markup() {
        let typed = "<script>alert('x')</script> | **a** [b](c) & `d`\n# e";
        let page = Page::french(typed)
            .heading(typed)
            .paragraph(typed)
            .list([typed])
            .table(["h"], [[typed.into()], [Cell::Codes(vec!["a|`b`".to_owned()])]]);
        let html = page.to_html();
        assert!(!html.contains("<script") && html.contains("&lt;script&gt;"), "{html}");
        let markdown = page.to_markdown();
        assert!(markdown.contains("\\<script\\>alert('x')\\</script\\> \\| \\*\\*a\\*\\* \\[b\\](c) \\& \\`d\\` # e"));
        assert!(markdown.contains("| `a  b ` |"), "{markdown}");
        // Heading, table head, its rule, two rows: no other line begins with a mark.
        assert_eq!(markdown.lines().filter(|line| line.starts_with(['#', '|'])).count(), 6);
    }

    #[test]
    fn a_line_that_looks_like_a_heading_or_a_list_is_a_paragraph() {
        for (typed, written) in [("# a", "\\# a"), ("- a", "\\- a"), ("12. a", "12\\. a"), ("a_b _c_", "a_b \\_c\\_")] {
            assert_eq!(markdown(typed), written);
        }
    }
}
