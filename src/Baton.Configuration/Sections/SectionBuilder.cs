// Which section a line belongs to, and what begins one: global, defaults and the proxies with their inheritance.
using System;
using System.Collections.Generic;
using Baton.Configuration.Catalog;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Directives;
using Baton.Configuration.Expressions;
using Baton.Configuration.Lexing;
using Baton.Configuration.Model;

namespace Baton.Configuration.Sections;

internal sealed class SectionBuilder(ProcessConfig process, DiagnosticSink diagnostics, IExpressionParser expressions)
{
    /// <summary>Sections that work. The others are refused by name, but for "program", which is skipped with a warning.</summary>
    internal const SectionKinds Built =
        SectionKinds.Global
        | SectionKinds.Proxies
        | SectionKinds.Userlist
        | SectionKinds.HttpErrors
        | SectionKinds.Resolvers
        | SectionKinds.Peers
        | SectionKinds.CrtStore
        | SectionKinds.Mailers
        | SectionKinds.HealthCheck
        | SectionKinds.Traces;

    /// <summary>Lines of sections that are read here and not through the directive tables.</summary>
    internal static readonly (SectionKinds Section, string Line)[] OwnLines =
    [
        (SectionKinds.Userlist, "user"),
        (SectionKinds.Userlist, "group"),
        (SectionKinds.HttpErrors, "errorfile"),
    ];

    private readonly DirectiveContext _context = new(process, diagnostics, expressions);
    private readonly List<ProxyConfig> _defaults = [];
    private readonly Dictionary<ProxyConfig, ServerConfig> _defaultServers = [];
    private readonly DefaultsUse _defaultsUse = new(diagnostics);
    private readonly HashSet<string> _names = [];
    private ProxyConfig? _lastDefaults;
    private SectionKinds _section;
    private UserListConfig? _userList;
    private HttpErrorsConfig? _httpErrors;

    /// <summary>Inside a section that is refused or ignored as a whole: there was one message for it.</summary>
    private bool _skipping;

    /// <summary>The name of the section that is being read, or its kind when it has none.</summary>
    public string Current { get; private set; } = "";

    public void Line(List<Word> words, SourcePosition at)
    {
        string word = words[0].Text;
        SectionKinds opened = SectionNames.Find(word);
        _context.Position = at;
        if (opened != SectionKinds.None && !IsLineOfSection(opened))
        {
            Open(opened, words, at);
            return;
        }
        if (_section == SectionKinds.None)
        {
            bool isLine =
                KeywordCatalog.IsDirectiveHead((SectionKinds)uint.MaxValue, word) || KeywordCatalog.SectionsOf(word) != SectionKinds.None;
            diagnostics.Error(
                at,
                $"unknown keyword '{word}' out of section{(isLine ? "" : Spelling.Hint(word, SectionNames.Openers()))}.",
                word
            );
            return;
        }
        if (_skipping)
            return;
        if (_section == SectionKinds.Userlist)
        {
            if (_userList is not null)
                UserListLines.Line(_userList, words, diagnostics, at);
            return;
        }
        if (_section == SectionKinds.HttpErrors)
        {
            ErrorLines.SectionLine(_httpErrors!, words.ConvertAll(w => w.Text), diagnostics, at);
            return;
        }
        Directive(words, at);
    }

    /// <summary>COMPAT: a section ends with its file.</summary>
    public void BeginFile()
    {
        _section = SectionKinds.None;
        Current = "";
    }

    /// <summary>"cache" opens a section, and so on; none of the section words is also a line of an open section here.</summary>
    private bool IsLineOfSection(SectionKinds opened) => opened == SectionKinds.Cache && _section is SectionKinds.Cache;

    public void Finish()
    {
        if (process.Global.PurgesDefaults)
            process.Defaults.Clear();
        var used = new HashSet<int>();
        foreach (ProxyConfig p in process.Proxies)
            if (p.Id > 0 && !used.Add(p.Id))
                diagnostics.Error(p.Position, $"proxy '{p.Name}' : custom id {p.Id} has already been used.", p.Name);
        int next = 2;
        foreach (ProxyConfig p in process.Proxies)
        {
            if (p.Id == 0)
            {
                while (!used.Add(next))
                    next++;
                p.Id = next;
            }
            next++;
            CheckListenerIds(p);
            AssignServerIds(p);
        }
    }

    private void AssignServerIds(ProxyConfig proxy)
    {
        var used = new HashSet<int>();
        foreach (ServerConfig s in proxy.Servers)
            if (s.Id > 0 && !used.Add(s.Id))
                diagnostics.Error(
                    s.Position,
                    $"'server {s.Name}' : custom id {s.Id} has already been used in proxy '{proxy.Name}'.",
                    s.Name
                );
        int next = 1;
        // COMPAT: each server moves the next number on, also one that has its own
        foreach (ServerConfig s in proxy.Servers)
        {
            if (s.Id == 0)
            {
                while (!used.Add(next))
                    next++;
                s.Id = next;
            }
            next++;
        }
    }

    private void CheckListenerIds(ProxyConfig proxy)
    {
        var used = new HashSet<int>();
        foreach (BindConfig b in proxy.Binds)
            if (b.Id > 0 && !used.Add(b.Id))
                diagnostics.Error(b.Position, $"'bind' : custom id {b.Id} has already been used in proxy '{proxy.Name}'.", "id");
    }

    private void Open(SectionKinds kind, List<Word> words, SourcePosition at)
    {
        _section = kind;
        Current = words.Count > 1 && words[1].Text != "from" ? words[1].Text : words[0].Text;
        _context.Section = kind;
        _context.SectionWord = words[0].Text;
        _context.ProxyOrNull = null;
        _context.BeginSection();
        expressions.Section = null;
        _userList = null;
        _skipping = (Built & kind) == 0;
        if (_skipping)
        {
            Refuse(words[0].Text, at);
            return;
        }
        switch (kind)
        {
            case SectionKinds.Global:
                if (words.Count > 1)
                    diagnostics.Error(at, $"'global' cannot handle unexpected argument '{words[1].Text}'.", words[1].Text);
                return;
            case SectionKinds.Defaults or SectionKinds.Frontend or SectionKinds.Backend or SectionKinds.Listen:
                OpenProxy(kind, words, at);
                return;
            case SectionKinds.Traces:
                if (words.Count > 1)
                    diagnostics.Error(at, $"'traces' cannot handle unexpected argument '{words[1].Text}'.", words[1].Text);
                return;
            case SectionKinds.Userlist:
                _userList = UserListLines.Open(process, words, diagnostics, at);
                return;
            case SectionKinds.HttpErrors:
                OpenHttpErrors(words, at);
                return;
            case SectionKinds.Resolvers:
                _context.Resolvers = ResolversLines.Open(process, words, diagnostics, at);
                return;
            case SectionKinds.CrtStore:
                _context.Store = CertificateStoreLines.Open(words, diagnostics, at);
                return;
            case SectionKinds.Peers:
                _context.Peers = PeersLines.Open(process, words, diagnostics, at);
                _context.DefaultServer = new ServerConfig();
                return;
            case SectionKinds.HealthCheck:
                _context.HealthCheck = HealthCheckLines.Open(process, words, diagnostics, at);
                _context.ProxyOrNull = _context.HealthCheck.Lines;
                return;
            case SectionKinds.Mailers:
                _context.Mailers = MailersLines.Open(process, words, diagnostics, at);
                return;
        }
    }

    private void Refuse(string section, SourcePosition at)
    {
        KeywordVerdict verdict = KeywordVerdict.Of(KeywordFamily.Section, "section", section);
        if (verdict.IsError)
            diagnostics.Error(at, verdict.Message, section);
        else
            diagnostics.Warning(at, verdict.Message, section);
    }

    private void OpenProxy(SectionKinds kind, List<Word> words, SourcePosition at)
    {
        string word = words[0].Text,
            name = words.Count > 1 ? words[1].Text : "";
        int next = 2;
        if (kind == SectionKinds.Defaults && name == "from" && words.Count > 2)
        {
            name = "";
            next = 1;
        }
        ProxyConfig? parent = Parent(kind, name, words, next, at);
        if (parent is not null)
            _defaultsUse.Note(parent, kind, word, words.Count > next, at);
        if (kind != SectionKinds.Defaults)
        {
            if (name.Length == 0)
                diagnostics.Error(at, $"'{word}' expects an <id> argument", word);
            if (ServerLine.InvalidNameCharacter(name) is { } bad)
                diagnostics.Error(at, $"character '{bad}' is not permitted in '{word}' name '{name}'.", name);
            CheckDuplicate(kind, word, name, at);
        }
        ProxyCapabilities capabilities = kind switch
        {
            SectionKinds.Defaults => ProxyCapabilities.Defaults,
            SectionKinds.Frontend => ProxyCapabilities.Frontend,
            SectionKinds.Backend => ProxyCapabilities.Backend,
            _ => ProxyCapabilities.Listen,
        };
        var proxy = ProxyConfig.Inherit(parent, name, capabilities, at);
        _context.ProxyOrNull = proxy;
        _context.Parent = parent;
        expressions.Section = proxy;
        _context.DefaultServer =
            parent is not null && _defaultServers.TryGetValue(parent, out ServerConfig? s) ? s.Clone() : new ServerConfig();
        if (kind == SectionKinds.Defaults)
        {
            _defaults.Add(proxy);
            _defaultServers[proxy] = _context.DefaultServer;
            _lastDefaults = proxy;
            if (name.Length > 0)
                process.Defaults.Add(proxy);
        }
        else
            process.Proxies.Add(proxy);
    }

    /// <summary>The defaults that a proxy starts from: those it names, else the last ones.</summary>
    private ProxyConfig? Parent(SectionKinds kind, string name, List<Word> words, int next, SourcePosition at)
    {
        string word = words[0].Text;
        if (words.Count <= next)
            return kind == SectionKinds.Defaults ? null : _lastDefaults;
        if (words[next].Text != "from")
        {
            string extra = words[next].Text;
            diagnostics.Error(
                at,
                kind == SectionKinds.Defaults
                    ? $"'defaults' cannot handle unexpected argument '{extra}'."
                    : KeywordVerdict.OfAddressOnSectionLine(word, name).Message,
                extra
            );
            return null;
        }
        string from = words.Count > next + 1 ? words[next + 1].Text : "";
        if (words.Count > next + 2)
            diagnostics.Error(at, $"'{word}' cannot handle unexpected argument '{words[next + 2].Text}'.", words[next + 2].Text);
        List<ProxyConfig> named = _defaults.FindAll(d => d.Name == from);
        if (named.Count == 0 || from.Length == 0)
            diagnostics.Error(
                at,
                $"defaults section '{from}' not found for {word} '{name}'.",
                from,
                Spelling.Nearest(from, _defaults.ConvertAll(d => d.Name))
            );
        else if (named.Count > 1)
            diagnostics.Error(
                at,
                $"ambiguous defaults section name '{from}' referenced by {word} '{name}' exists at least at {named[0].Position} and {named[1].Position}.",
                from
            );
        return named.Count > 0 ? named[^1] : null;
    }

    private void CheckDuplicate(SectionKinds kind, string word, string name, SourcePosition at)
    {
        // most names are new
        if (_names.Add(name))
            return;
        foreach (ProxyConfig other in process.Proxies)
        {
            bool clash = other.IsFrontend && kind != SectionKinds.Backend || other.IsBackend && kind != SectionKinds.Frontend;
            if (!clash || other.Name != name)
                continue;
            string what =
                other.IsFrontend && other.IsBackend ? "listen"
                : other.IsFrontend ? "frontend"
                : "backend";
            diagnostics.Error(
                at,
                $"{(kind == SectionKinds.Listen ? "proxy" : word)} '{name}' has the same name as {what} '{name}' declared at {other.Position}.",
                name
            );
            return;
        }
    }

    private void Directive(List<Word> words, SourcePosition at)
    {
        int first = 0;
        bool isNo = false;
        if (words[0].Text is "no" or "default" && words.Count > 1)
        {
            isNo = words[0].Text == "no";
            first = 1;
        }
        string word = words[first].Text,
            second = words.Count > first + 1 ? words[first + 1].Text : "";
        // rule words take only the keyword; "option X", "timeout X" take two
        int taken = 2;
        string keyword = second.Length > 0 ? $"{word} {second}" : word;
        DirectiveKeyword? row = second.Length > 0 ? DirectiveTables.Find(keyword, _section) : null;
        // "http-check set-var(name)" has its first argument attached
        int parenthesis = row is null ? second.IndexOf('(', StringComparison.Ordinal) : -1;
        if (parenthesis > 0 && DirectiveTables.Find(keyword[..(word.Length + 1 + parenthesis)], _section) is { } attached)
            (row, keyword, taken) = (attached, attached.Name, 1);
        if (row is null)
        {
            taken = 1;
            keyword = word;
            row = DirectiveTables.Find(word, _section);
        }
        if (row is null)
        {
            if (IsHarmless(word, second))
                return;
            if (IsOtherSide(word, second) is { } side)
            {
                string written =
                    second.Length > 0 && KeywordCatalog.IsDirectiveHead((SectionKinds)uint.MaxValue, word) ? $"{word} {second}" : word;
                diagnostics.Warning(
                    at,
                    $"'{written}' ignored because {_context.SectionWord} '{_context.Proxy.Name}' has no {side} capability.",
                    word
                );
                CheckIgnored(words, first, second, side == "backend" ? SectionKinds.Backend : SectionKinds.Frontend, isNo);
                return;
            }
            KeywordVerdict verdict = KeywordVerdict.OfDirective(_section, _context.SectionWord, word, second);
            // a hint is no warning: where warnings are errors (-dW) the file is as good as it was
            if (verdict.IsError)
                diagnostics.Error(at, verdict.Message, word);
            else
                diagnostics.Notice(at, verdict.Message);
            return;
        }
        if (first == 1 && !MayPrefix(row, ref isNo))
        {
            diagnostics.Error(at, word == "option" ? $"negation/default is not supported for option '{second}'." : NoPrefix, word);
            return;
        }
        if (row.NeedsNamedDefaults && _section == SectionKinds.Defaults && _context.Proxy.Name.Length == 0)
        {
            diagnostics.Error(at, $"'{keyword}' is not allowed in a 'defaults' section without a name.", word);
            return;
        }
        int errors = diagnostics.Errors;
        _context.Begin(words, first + taken, keyword, isNo);
        row.Parse(_context);
        if (diagnostics.Errors == errors)
            _context.RefuseUnread();
    }

    /// <summary>COMPAT: a line that is ignored has to be right all the same. It is read into a section that nobody sees.</summary>
    private void CheckIgnored(List<Word> words, int first, string second, SectionKinds side, bool isNo)
    {
        string word = words[first].Text,
            keyword = second.Length > 0 ? $"{word} {second}" : word;
        int taken = 2;
        DirectiveKeyword? row = second.Length > 0 ? DirectiveTables.Find(keyword, side) : null;
        if (row is null)
        {
            taken = 1;
            keyword = word;
            row = DirectiveTables.Find(word, side);
        }
        if (row is null || first == 1 && !MayPrefix(row, ref isNo))
            return;
        ProxyConfig own = _context.Proxy;
        ServerConfig defaultServer = _context.DefaultServer;
        _context.ProxyOrNull = own.Scratch(side == SectionKinds.Backend ? ProxyCapabilities.Backend : ProxyCapabilities.Frontend);
        _context.DefaultServer = defaultServer.Clone();
        int errors = diagnostics.Errors;
        _context.Begin(words, first + taken, keyword, isNo);
        row.Parse(_context);
        if (diagnostics.Errors == errors)
            _context.RefuseUnread();
        _context.ProxyOrNull = own;
        _context.DefaultServer = defaultServer;
    }

    private const string NoPrefix =
        "negation/default currently supported only for options, log, busy-polling, set-dumpable, strict-limits, insecure-fork-wanted and numa-cpu-mapping.";

    /// <summary>Whether "no" or "default" may stand before the line. "default" is what an option is without a line, and for settings that
    /// are on by themselves that they are.</summary>
    private static bool MayPrefix(DirectiveKeyword row, ref bool isNo)
    {
        if (!row.Negatable)
            return false;
        if (isNo || row.Name is "set-dumpable" or "strict-limits")
            return true;
        return isNo = row.Name.StartsWith("option ", StringComparison.Ordinal);
    }

    /// <summary>COMPAT: a line that belongs to the other half of a proxy is ignored with a warning, except where traffic or access hangs on
    /// it.</summary>
    private string? IsOtherSide(string word, string second)
    {
        if (
            word is "server" or "server-template" or "default-server" or "tcp-request" or "tcp-response" or "retry-on" or "declare"
            || KeywordCatalog.FindDirective(_section, word, second) is not null
        )
            return null;
        SectionKinds valid = KeywordCatalog.SectionsOf(word, second);
        if (_section == SectionKinds.Frontend && (valid & SectionKinds.Backend) != 0)
            return "backend";
        return _section == SectionKinds.Backend && (valid & SectionKinds.Frontend) != 0 ? "frontend" : null;
    }

    /// <summary>COMPAT: lines of the other half that nobody warns of.</summary>
    private bool IsHarmless(string word, string second) =>
        _section == SectionKinds.Frontend
            ? word == "hash-balance-factor" || word == "persist" && second == "rdp-cookie"
            : _section == SectionKinds.Backend && word == "unique-id-header";

    /// <summary>COMPAT: what stands behind the name is not looked at.</summary>
    private void OpenHttpErrors(List<Word> words, SourcePosition at)
    {
        string name = words.Count > 1 ? words[1].Text : "";
        if (name.Length == 0)
            diagnostics.Error(at, "missing name for http-errors section.", "http-errors");
        else if (process.HttpErrors.Find(s => s.Name == name) is { } other)
            diagnostics.Error(at, $"http-errors section '{name}' already exists (declared at {other.Position}).", name);
        else if (ServerLine.InvalidNameCharacter(name) is { } bad)
            diagnostics.Error(at, $"character '{bad}' is not permitted in 'http-errors' name '{name}'.", name);
        _httpErrors = new HttpErrorsConfig(name, at);
        process.HttpErrors.Add(_httpErrors);
    }
}
