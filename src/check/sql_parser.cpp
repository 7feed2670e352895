#include "check/sql_parser.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <span>

#include "check/sql_lexer.hpp"

namespace cairn::check {
namespace {

using Words = std::span<const std::string_view>;

// Words that end a select's column or table, so they are no alias of it unless AS says so.
constexpr auto kAfterColumn =
    std::to_array<std::string_view>({"FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "UNION",
                                     "INTERSECT", "EXCEPT", "WINDOW", "RETURNING"});
constexpr auto kAfterTable = std::to_array<std::string_view>(
    {"WHERE",     "GROUP",   "HAVING", "ORDER", "LIMIT",  "UNION",   "INTERSECT", "EXCEPT", "WINDOW",
     "RETURNING", "JOIN",    "LEFT",   "RIGHT", "FULL",   "INNER",   "OUTER",     "CROSS",  "ON",
     "USING",     "NATURAL", "SET",    "NOT",   "VALUES", "INDEXED", "DEFAULT",   "SELECT", "WITH"});

// Binary operators, loosest first; each level binds tighter than the one above it
// (https://www.sqlite.org/lang_expr.html#operators). Equality and its kin are a level of their own, between
// AND and `<`.
constexpr auto kComparison = std::to_array<std::string_view>({"<", "<=", ">", ">="});
constexpr auto kBits = std::to_array<std::string_view>({"&", "|", "<<", ">>"});
constexpr auto kSum = std::to_array<std::string_view>({"+", "-"});
constexpr auto kProduct = std::to_array<std::string_view>({"*", "/", "%"});
constexpr auto kConcatenation = std::to_array<std::string_view>({"||", "->", "->>"});
constexpr std::array<Words, 5> kLevels = {Words(kComparison), Words(kBits), Words(kSum), Words(kProduct),
                                          Words(kConcatenation)};

class Parser {
 public:
  explicit Parser(std::string_view sql) : tokens_(sql_tokens(sql)) { number_parameters(); }

  ParsedStatement statement() {
    std::vector<CommonTable> with = with_clause();
    if (is("SELECT") || is("VALUES")) return select_after(std::move(with));
    if (is("INSERT") || is("REPLACE")) return insert(std::move(with));
    if (is("UPDATE")) return update(std::move(with));
    if (is("DELETE")) return delete_(std::move(with));
    return OtherStatement{};
  }

  ParsedView view() {
    while (!is("VIEW")) advance();
    advance();
    if (accept("IF")) expect("NOT"), expect("EXISTS");
    qualified_name();
    ParsedView parsed;
    if (is("(")) parsed.columns = names_in_parentheses();
    expect("AS");
    parsed.select = select();
    return parsed;
  }

 private:
  // Tokens.

  const Token& now() const { return tokens_[at_]; }
  const Token& ahead(std::size_t n) const { return tokens_[std::min(at_ + n, tokens_.size() - 1)]; }
  void advance() {
    if (now().kind == TokenKind::end) fail();
    ++at_;
  }
  static bool is(const Token& token, std::string_view text) {
    return (token.kind == TokenKind::word || token.kind == TokenKind::symbol) && same_name(token.text, text);
  }
  bool is(std::string_view text) const { return is(now(), text); }
  bool accept(std::string_view text) {
    if (!is(text)) return false;
    ++at_;
    return true;
  }
  void expect(std::string_view text) {
    if (!accept(text)) fail();
  }
  // The one of `words` that comes next, which is taken; or "".
  std::string_view accept_any(Words words) {
    for (const std::string_view word : words)
      if (accept(word)) return word;
    return "";
  }
  [[noreturn]] void fail() const {
    throw NotUnderstood("unexpected '" + std::string(now().text) + "' at byte " +
                        std::to_string(now().offset));
  }

  // As SQLite numbers them: in the order of the text.
  void number_parameters() {
    std::map<std::string_view, int> known;
    int last = 0;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      const Token& token = tokens_[i];
      if (token.kind != TokenKind::parameter) continue;
      int number = last + 1;
      if (token.text.size() > 1 && token.text.front() == '?') {
        std::from_chars(token.text.data() + 1, token.text.data() + token.text.size(), number);
      } else if (token.text.size() > 1) {
        number = known.try_emplace(token.text, number).first->second;
      }
      last = std::max(last, number);
      parameters_[i] = number;
    }
  }

  std::string name() {
    const Token& token = now();
    if (token.kind != TokenKind::word && token.kind != TokenKind::name && token.kind != TokenKind::string)
      fail();
    ++at_;
    return unquoted(token.text);
  }
  TableName qualified_name() {
    TableName table;
    table.offset = now().offset;
    table.name = name();
    if (accept(".")) {
      table.schema = std::exchange(table.name, "");
      table.offset = now().offset;
      table.name = name();
    }
    return table;
  }
  std::vector<std::string> names_in_parentheses() {
    std::vector<std::string> names;
    expect("(");
    do {
      names.push_back(name());
    } while (accept(","));
    expect(")");
    return names;
  }
  std::string alias(Words stops) {
    if (accept("AS")) return name();
    const bool quoted = now().kind == TokenKind::name || now().kind == TokenKind::string;
    const bool word = now().kind == TokenKind::word &&
                      std::ranges::none_of(stops, [&](std::string_view stop) { return is(stop); });
    return quoted || word ? name() : "";
  }

  // Statements.

  std::vector<CommonTable> with_clause() {
    std::vector<CommonTable> tables;
    if (!accept("WITH")) return tables;
    accept("RECURSIVE");
    do {
      CommonTable table;
      table.name = name();
      if (is("(")) table.columns = names_in_parentheses();
      expect("AS");
      if (accept("NOT")) expect("MATERIALIZED");
      accept("MATERIALIZED");
      expect("(");
      table.select = select();
      expect(")");
      tables.push_back(std::move(table));
    } while (accept(","));
    return tables;
  }

  SelectPtr select() { return select_after(with_clause()); }

  SelectPtr select_after(std::vector<CommonTable> with) {
    auto parsed = std::make_unique<Select>();
    parsed->with = std::move(with);
    parsed->cores.push_back(core());
    while (is("UNION") || is("INTERSECT") || is("EXCEPT")) {
      std::string op = is("UNION") ? "UNION" : is("EXCEPT") ? "EXCEPT" : "INTERSECT";
      advance();
      if (accept("ALL")) op += " ALL";
      parsed->operators.push_back(std::move(op));
      parsed->cores.push_back(core());
    }
    order_and_limit(*parsed);
    return parsed;
  }

  template <class Statement>
  void order_and_limit(Statement& statement) {
    if (accept("ORDER")) expect("BY"), statement.order_by = ordering_terms();
    if (!accept("LIMIT")) return;
    statement.limit = expression();
    if (accept("OFFSET")) {
      statement.offset = expression();
    } else if (accept(",")) {
      statement.offset = std::exchange(statement.limit, expression());
    }
  }

  std::vector<ExpressionPtr> ordering_terms() {
    std::vector<ExpressionPtr> terms;
    do {
      terms.push_back(expression());
      if (!accept("ASC")) accept("DESC");
      if (accept("NULLS")) advance();
    } while (accept(","));
    return terms;
  }

  SelectCore core() {
    SelectCore parsed;
    if (accept("VALUES")) {
      parsed.values = true;
      do {
        expect("(");
        parsed.rows.push_back(expressions());
        expect(")");
      } while (accept(","));
      return parsed;
    }
    expect("SELECT");
    if (!accept("DISTINCT")) accept("ALL");
    parsed.columns = result_columns();
    if (accept("FROM")) parsed.from = from_clause();
    if (accept("WHERE")) parsed.where = expression();
    if (accept("GROUP")) expect("BY"), parsed.group_by = expressions();
    if (accept("HAVING")) parsed.having = expression();
    if (accept("WINDOW")) {
      do {
        std::string window_name = name();
        expect("AS");
        parsed.windows.emplace_back(std::move(window_name), window());
      } while (accept(","));
    }
    return parsed;
  }

  std::vector<ResultColumn> result_columns() {
    std::vector<ResultColumn> columns;
    do {
      ResultColumn column;
      column.offset = now().offset;
      if (accept("*")) {
      } else if (is(ahead(1), ".") && is(ahead(2), "*")) {
        column.star_table = name();
        at_ += 2;
      } else {
        column.expression = expression();
        column.alias = alias(kAfterColumn);
      }
      columns.push_back(std::move(column));
    } while (accept(","));
    return columns;
  }

  std::vector<FromItem> from_clause() {
    std::vector<FromItem> items;
    items.push_back(from_item());
    while (true) {
      FromItem join;
      if (!accept(",")) {
        join.natural = accept("NATURAL");
        const bool left = accept("LEFT"), right = !left && accept("RIGHT"), full = accept("FULL");
        join.join = full ? JoinKind::full : left ? JoinKind::left : right ? JoinKind::right : JoinKind::inner;
        const bool outer = accept("OUTER");
        accept("INNER");
        accept("CROSS");
        if (!accept("JOIN")) {
          if (join.natural || left || right || full || outer) fail();
          return items;
        }
      }
      FromItem item = from_item();
      item.join = join.join;
      item.natural = join.natural;
      if (accept("ON")) {
        item.on = expression();
      } else if (accept("USING")) {
        item.using_columns = names_in_parentheses();
      }
      items.push_back(std::move(item));
    }
  }

  FromItem from_item() {
    FromItem item;
    if (accept("(")) {
      if (is("SELECT") || is("VALUES") || is("WITH")) {
        item.select = select();
      } else {
        item.group = from_clause();
      }
      expect(")");
    } else {
      TableName table = qualified_name();
      item.schema = std::move(table.schema);
      item.name = std::move(table.name);
      if (accept("(")) {
        item.function = true;
        if (!is(")")) item.arguments = expressions();
        expect(")");
      }
    }
    item.alias = alias(kAfterTable);
    index_hint();
    return item;
  }

  void index_hint() {
    if (accept("INDEXED")) {
      expect("BY");
      name();
    } else if (is("NOT") && is(ahead(1), "INDEXED")) {
      at_ += 2;
    }
  }

  TableName target_table() {
    TableName table = qualified_name();
    table.alias = alias(kAfterTable);
    index_hint();
    return table;
  }

  void conflict_clause() {
    if (!accept("OR")) return;
    advance();
  }

  Insert insert(std::vector<CommonTable> with) {
    Insert parsed;
    parsed.with = std::move(with);
    parsed.or_else = is("REPLACE") || is(ahead(1), "OR");
    advance();
    conflict_clause();
    expect("INTO");
    parsed.table = qualified_name();
    if (accept("AS")) parsed.table.alias = name();
    if (is("(")) parsed.columns = names_in_parentheses();
    if (accept("DEFAULT")) {
      expect("VALUES");
    } else {
      parsed.source = select();
    }
    while (accept("ON")) parsed.upserts.push_back(upsert());
    if (accept("RETURNING")) parsed.returning = result_columns();
    return parsed;
  }

  Upsert upsert() {
    Upsert parsed;
    expect("CONFLICT");
    if (accept("(")) {
      parsed.target = ordering_terms();
      expect(")");
      if (accept("WHERE")) parsed.target_where = expression();
    }
    expect("DO");
    if (accept("NOTHING")) return parsed;
    expect("UPDATE");
    expect("SET");
    parsed.assignments = assignments();
    if (accept("WHERE")) parsed.where = expression();
    return parsed;
  }

  std::vector<Assignment> assignments() {
    std::vector<Assignment> parsed;
    do {
      Assignment assignment;
      assignment.offset = now().offset;
      if (is("(")) {
        assignment.columns = names_in_parentheses();
      } else {
        assignment.columns.push_back(name());
      }
      expect("=");
      assignment.value = expression();
      parsed.push_back(std::move(assignment));
    } while (accept(","));
    return parsed;
  }

  Update update(std::vector<CommonTable> with) {
    Update parsed;
    parsed.with = std::move(with);
    advance();
    conflict_clause();
    parsed.table = target_table();
    expect("SET");
    parsed.assignments = assignments();
    if (accept("FROM")) parsed.from = from_clause();
    if (accept("WHERE")) parsed.where = expression();
    if (accept("RETURNING")) parsed.returning = result_columns();
    order_and_limit(parsed);
    return parsed;
  }

  Delete delete_(std::vector<CommonTable> with) {
    Delete parsed;
    parsed.with = std::move(with);
    advance();
    expect("FROM");
    parsed.table = target_table();
    if (accept("WHERE")) parsed.where = expression();
    if (accept("RETURNING")) parsed.returning = result_columns();
    order_and_limit(parsed);
    return parsed;
  }

  // Expressions.

  ExpressionPtr make(ExpressionKind kind, std::string text = {}) const {
    auto expression = std::make_unique<Expression>();
    expression->kind = kind;
    expression->offset = now().offset;
    expression->name = std::move(text);
    return expression;
  }
  template <class... Arguments>
  static ExpressionPtr with_arguments(ExpressionPtr expression, Arguments... arguments) {
    expression->offset = std::min({expression->offset, arguments->offset...});
    (expression->arguments.push_back(std::move(arguments)), ...);
    return expression;
  }

  std::vector<ExpressionPtr> expressions() {
    std::vector<ExpressionPtr> list;
    do {
      list.push_back(expression());
    } while (accept(","));
    return list;
  }

  ExpressionPtr expression() {
    ExpressionPtr left = conjunction();
    while (is("OR")) left = binary("OR", std::move(left), &Parser::conjunction);
    return left;
  }
  ExpressionPtr conjunction() {
    ExpressionPtr left = negation();
    while (is("AND")) left = binary("AND", std::move(left), &Parser::negation);
    return left;
  }
  ExpressionPtr negation() {
    if (!is("NOT") || is(ahead(1), "EXISTS")) return equality();
    ExpressionPtr parsed = make(ExpressionKind::unary, "NOT");
    advance();
    return with_arguments(std::move(parsed), negation());
  }
  ExpressionPtr binary(const char* op, ExpressionPtr left, ExpressionPtr (Parser::*operand)()) {
    ExpressionPtr parsed = make(ExpressionKind::binary, op);
    advance();
    return with_arguments(std::move(parsed), std::move(left), (this->*operand)());
  }

  ExpressionPtr equality() {
    ExpressionPtr left = level(0);
    while (true) {
      if (is("=") || is("==")) {
        left = binary("=", std::move(left), &Parser::comparison);
      } else if (is("<>") || is("!=")) {
        left = binary("<>", std::move(left), &Parser::comparison);
      } else if (is("IS")) {
        left = is_operator(std::move(left));
      } else if (is("ISNULL") || is("NOTNULL")) {
        left = null_test(std::move(left), is("NOTNULL"));
      } else if (is("NOT") && is(ahead(1), "NULL")) {
        advance();
        left = null_test(std::move(left), true);
      } else if (is("BETWEEN") || is("IN") || is_pattern(now())) {
        left = test(std::move(left), false);
      } else if (is("NOT") && (is(ahead(1), "BETWEEN") || is(ahead(1), "IN") || is_pattern(ahead(1)))) {
        advance();
        left = test(std::move(left), true);
      } else {
        return left;
      }
    }
  }
  ExpressionPtr comparison() { return level(0); }
  ExpressionPtr sum() { return level(2); }

  ExpressionPtr is_operator(ExpressionPtr left) {
    ExpressionPtr parsed = make(ExpressionKind::is);
    advance();
    parsed->negated = accept("NOT");
    if (is("DISTINCT") && is(ahead(1), "FROM")) {
      at_ += 2;
      parsed->negated = !parsed->negated;
    }
    return with_arguments(std::move(parsed), std::move(left), comparison());
  }
  ExpressionPtr null_test(ExpressionPtr left, bool negated) {
    ExpressionPtr parsed = make(ExpressionKind::is);
    parsed->negated = negated;
    ExpressionPtr null = make(ExpressionKind::null);
    advance();
    return with_arguments(std::move(parsed), std::move(left), std::move(null));
  }

  static bool is_pattern(const Token& token) {
    return is(token, "LIKE") || is(token, "GLOB") || is(token, "REGEXP") || is(token, "MATCH");
  }

  // BETWEEN, IN, LIKE …, after their NOT.
  ExpressionPtr test(ExpressionPtr left, bool negated) {
    if (accept("BETWEEN")) {
      ExpressionPtr parsed = make(ExpressionKind::between);
      // Up to the AND that belongs to it, whatever is there.
      ExpressionPtr low = negation();
      while (is("OR")) low = binary("OR", std::move(low), &Parser::negation);
      expect("AND");
      parsed = with_arguments(std::move(parsed), std::move(left), std::move(low), comparison());
      parsed->negated = negated;
      return parsed;
    }
    if (is("IN")) return in(std::move(left), negated);
    ExpressionPtr parsed = make(ExpressionKind::pattern, small_letters(now().text));
    parsed->negated = negated;
    advance();
    ExpressionPtr right = comparison();
    if (!accept("ESCAPE")) return with_arguments(std::move(parsed), std::move(left), std::move(right));
    return with_arguments(std::move(parsed), std::move(left), std::move(right), comparison());
  }

  ExpressionPtr in(ExpressionPtr left, bool negated) {
    ExpressionPtr parsed = with_arguments(make(ExpressionKind::in), std::move(left));
    parsed->negated = negated;
    advance();
    if (!accept("(")) {  // IN table, IN function(…): the same as IN (SELECT * FROM …)
      auto whole = std::make_unique<Select>();
      whole->cores.emplace_back();
      whole->cores[0].columns.emplace_back();
      whole->cores[0].from.push_back(from_item());
      parsed->select = std::move(whole);
      return parsed;
    }
    if (is("SELECT") || is("VALUES") || is("WITH")) {
      parsed->select = select();
    } else if (!is(")")) {
      for (ExpressionPtr& item : expressions()) parsed->arguments.push_back(std::move(item));
    }
    expect(")");
    return parsed;
  }

  ExpressionPtr level(std::size_t depth) {
    if (depth == kLevels.size()) return collation();
    ExpressionPtr left = level(depth + 1);
    while (true) {
      ExpressionPtr parsed = make(ExpressionKind::binary);
      const std::string_view op = accept_any(kLevels[depth]);
      if (op.empty()) return left;
      parsed->name = op;
      left = with_arguments(std::move(parsed), std::move(left), level(depth + 1));
    }
  }

  ExpressionPtr collation() {
    ExpressionPtr operand = unary();
    while (accept("COLLATE")) name();
    return operand;
  }

  ExpressionPtr unary() {
    if (!is("-") && !is("+") && !is("~")) return primary();
    ExpressionPtr parsed = make(ExpressionKind::unary, std::string(now().text));
    advance();
    return with_arguments(std::move(parsed), unary());
  }

  ExpressionPtr primary() {
    const Token token = now();
    switch (token.kind) {
      case TokenKind::integer:
        return literal(ExpressionKind::integer);
      case TokenKind::real:
        return literal(ExpressionKind::real);
      case TokenKind::string:
        return literal(ExpressionKind::text);
      case TokenKind::blob:
        return literal(ExpressionKind::blob);
      case TokenKind::parameter: {
        ExpressionPtr parsed = make(ExpressionKind::parameter, std::string(token.text));
        parsed->number = parameters_.at(at_);
        advance();
        return parsed;
      }
      case TokenKind::symbol:
        return parenthesised();
      case TokenKind::name:
        return is(ahead(1), "(") ? function() : column();
      case TokenKind::word:
        return word();
      case TokenKind::end:
        break;
    }
    fail();
  }

  ExpressionPtr literal(ExpressionKind kind) {
    ExpressionPtr parsed =
        make(kind, kind == ExpressionKind::text ? unquoted(now().text) : std::string(now().text));
    advance();
    return parsed;
  }

  ExpressionPtr parenthesised() {
    ExpressionPtr parsed = make(ExpressionKind::subquery);
    expect("(");
    if (is("SELECT") || is("VALUES") || is("WITH")) {
      parsed->select = select();
      expect(")");
      return parsed;
    }
    std::vector<ExpressionPtr> list = expressions();
    expect(")");
    if (list.size() == 1) return std::move(list[0]);
    parsed->kind = ExpressionKind::row;
    parsed->arguments = std::move(list);
    return parsed;
  }

  ExpressionPtr word() {
    if (is("NULL")) return literal(ExpressionKind::null);
    if (is("CURRENT_DATE") || is("CURRENT_TIME") || is("CURRENT_TIMESTAMP"))
      return literal(ExpressionKind::current);
    if (is("CASE")) return case_();
    if (is("CAST") && is(ahead(1), "(")) return cast();
    if (is("EXISTS") && is(ahead(1), "(")) return exists(false);
    if (is("NOT") && is(ahead(1), "EXISTS")) return advance(), exists(true);
    if (is("NOT")) return negation();
    if (is(ahead(1), "(")) return function();
    return column();
  }

  ExpressionPtr case_() {
    ExpressionPtr parsed = make(ExpressionKind::case_);
    advance();
    if (!is("WHEN")) {
      parsed->has_operand = true;
      parsed->arguments.push_back(expression());
    }
    while (accept("WHEN")) {
      parsed->arguments.push_back(expression());
      expect("THEN");
      parsed->arguments.push_back(expression());
    }
    if (accept("ELSE")) {
      parsed->has_else = true;
      parsed->arguments.push_back(expression());
    }
    expect("END");
    return parsed;
  }

  ExpressionPtr cast() {
    ExpressionPtr parsed = make(ExpressionKind::cast);
    advance();
    expect("(");
    parsed->arguments.push_back(expression());
    expect("AS");
    int depth = 0;
    for (; depth > 0 || !is(")"); advance()) {
      depth += is("(") ? 1 : is(")") ? -1 : 0;
      parsed->name += (parsed->name.empty() ? "" : " ") + std::string(now().text);
    }
    expect(")");
    return parsed;
  }

  ExpressionPtr exists(bool negated) {
    ExpressionPtr parsed = make(ExpressionKind::exists);
    parsed->negated = negated;
    advance();
    expect("(");
    parsed->select = select();
    expect(")");
    return parsed;
  }

  ExpressionPtr function() {
    ExpressionPtr parsed = make(ExpressionKind::function);
    parsed->name = small_letters(name());
    expect("(");
    if (accept("*")) {
      parsed->star = true;
    } else {
      if (!accept("DISTINCT")) accept("ALL");
      if (!is(")")) parsed->arguments = expressions();
    }
    expect(")");
    if (is("FILTER") && is(ahead(1), "(")) {
      at_ += 2;
      expect("WHERE");
      parsed->filter = expression();
      expect(")");
    }
    if (accept("OVER")) {
      if (is("(")) {
        parsed->over = window();
      } else {
        parsed->over.emplace();
        parsed->over->base = name();
      }
    }
    return parsed;
  }

  Window window() {
    Window parsed;
    expect("(");
    if (now().kind == TokenKind::name || (now().kind == TokenKind::word && !is("PARTITION") && !is("ORDER") &&
                                          !is("ROWS") && !is("RANGE") && !is("GROUPS")))
      parsed.base = name();
    if (accept("PARTITION")) expect("BY"), parsed.expressions = expressions();
    if (accept("ORDER")) {
      expect("BY");
      for (ExpressionPtr& term : ordering_terms()) parsed.expressions.push_back(std::move(term));
    }
    parsed.frame = is("ROWS") || is("RANGE") || is("GROUPS");
    if (parsed.frame) frame(parsed);
    expect(")");
    return parsed;
  }

  void frame(Window& window) {
    advance();
    const bool between = accept("BETWEEN");
    frame_bound(window);
    if (between) expect("AND"), frame_bound(window);
    if (accept("EXCLUDE"))
      while (!is(")")) advance();
  }
  void frame_bound(Window& window) {
    if (is("UNBOUNDED") || is("CURRENT")) return at_ += 2, void();
    window.bounds.push_back(sum());
    advance();
  }

  ExpressionPtr column() {
    ExpressionPtr parsed = make(ExpressionKind::column);
    parsed->name = name();
    if (accept(".")) {
      parsed->table = std::exchange(parsed->name, "");
      parsed->name = name();
    }
    if (accept(".")) {
      parsed->schema = std::exchange(parsed->table, std::exchange(parsed->name, ""));
      parsed->name = name();
    }
    return parsed;
  }

  std::vector<Token> tokens_;
  std::map<std::size_t, int> parameters_;  // the number of the parameter at a token
  std::size_t at_ = 0;
};

}  // namespace

ParsedStatement parse_statement(std::string_view sql) {
  return Parser(sql).statement();
}

ParsedView parse_view(std::string_view sql) {
  return Parser(sql).view();
}

}  // namespace cairn::check
