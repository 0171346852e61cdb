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
    private readonly DirectiveContext _context = new(process, diagnostics, expressions);
    private readonly List<ProxyConfig> _defaults = [];
    private readonly Dictionary<ProxyConfig, ServerConfig> _defaultServers = [];
    private readonly HashSet<string> _names = [];
    private ProxyConfig? _lastDefaults;
    private SectionKinds _section;
    private UserListConfig? _userList;
    private HttpErrorsConfig? _httpErrors;

    /// <summary>Inside a section that is refused or ignored as a whole: there was one message for it.</summary>
    private bool _skipping;

    public void Line(List<Word> words, SourcePosition at)
    {
        string word = words[0].Text;
        SectionKinds opened = words[0].Quoted ? SectionKinds.None : SectionNames.Find(word);
        _context.Position = at;
        if (opened != SectionKinds.None && !IsLineOfSection(opened)) { Open(opened, words, at); return; }
        if (_section == SectionKinds.None) { diagnostics.Error(at, $"unknown keyword '{word}' out of section.", word); return; }
        if (_skipping) return;
        if (_section == SectionKinds.Userlist) { UserListLine(words, at); return; }
        if (_section == SectionKinds.HttpErrors) { ErrorLines.SectionLine(_httpErrors!, words.ConvertAll(w => w.Text), diagnostics, at); return; }
        Directive(words, at);
    }

    /// <summary>"cache" opens a section, and so on; none of the section words is also a line of an open section here.</summary>
    private bool IsLineOfSection(SectionKinds opened) => opened == SectionKinds.Cache && _section is SectionKinds.Cache;

    public void Finish()
    {
        var used = new HashSet<int>();
        foreach (ProxyConfig p in process.Proxies)
            if (p.Id > 0 && !used.Add(p.Id)) diagnostics.Error(p.Position, $"proxy '{p.Name}' : custom id {p.Id} has already been used.", p.Name);
        int next = 2;
        foreach (ProxyConfig p in process.Proxies)
        {
            if (p.Id == 0) { while (!used.Add(next)) next++; p.Id = next; }
            AssignServerIds(p);
        }
    }

    private void AssignServerIds(ProxyConfig proxy)
    {
        var used = new HashSet<int>();
        foreach (ServerConfig s in proxy.Servers)
            if (s.Id > 0 && !used.Add(s.Id)) diagnostics.Error(s.Position, $"'server {s.Name}' : custom id {s.Id} has already been used in proxy '{proxy.Name}'.", s.Name);
        int next = 1;
        foreach (ServerConfig s in proxy.Servers)
            if (s.Id == 0) { while (!used.Add(next)) next++; s.Id = next; }
    }

    private void Open(SectionKinds kind, List<Word> words, SourcePosition at)
    {
        _section = kind;
        _context.Section = kind;
        _context.SectionWord = words[0].Text;
        _context.ProxyOrNull = null;
        expressions.Section = null;
        _userList = null;
        _skipping = false;
        switch (kind)
        {
            case SectionKinds.Global:
                if (words.Count > 1) diagnostics.Error(at, $"'global' cannot handle unexpected argument '{words[1].Text}'.", words[1].Text);
                return;
            case SectionKinds.Defaults or SectionKinds.Frontend or SectionKinds.Backend or SectionKinds.Listen: OpenProxy(kind, words, at); return;
            case SectionKinds.Userlist: OpenUserList(words, at); return;
            case SectionKinds.HttpErrors: OpenHttpErrors(words, at); return;
            case SectionKinds.Program:
                diagnostics.Warning(at, KeywordVerdict.Of(KeywordFamily.Section, "section", "program").Message, "program");
                _skipping = true;
                return;
            default:
                _skipping = true;
                diagnostics.Error(at, $"section '{words[0].Text}' : known HAProxy section, not supported by Baton yet", words[0].Text);
                return;
        }
    }

    private void OpenProxy(SectionKinds kind, List<Word> words, SourcePosition at)
    {
        string word = words[0].Text, name = words.Count > 1 ? words[1].Text : "";
        ProxyConfig? parent = _lastDefaults;
        int next = 2;
        if (kind == SectionKinds.Defaults && name == "from") { name = ""; next = 1; }
        if (words.Count > next && words[next].Text == "from")
        {
            string from = words.Count > next + 1 ? words[next + 1].Text : "";
            parent = _defaults.FindLast(d => d.Name == from);
            if (parent is null) diagnostics.Error(at, $"defaults section '{from}' not found for {word} '{name}'.", from);
        }
        else if (words.Count > next) diagnostics.Error(at, KeywordVerdict.OfAddressOnSectionLine(word, name).Message, words[next].Text);
        else if (kind == SectionKinds.Defaults) parent = null;
        if (kind != SectionKinds.Defaults)
        {
            if (name.Length == 0) diagnostics.Error(at, $"'{word}' expects an <id> argument", word);
            if (ServerLine.InvalidNameCharacter(name) is { } bad) diagnostics.Error(at, $"character '{bad}' is not permitted in '{word}' name '{name}'.", name);
            CheckDuplicate(kind, word, name, at);
        }
        ProxyCapabilities capabilities = kind switch { SectionKinds.Defaults => ProxyCapabilities.Defaults, SectionKinds.Frontend => ProxyCapabilities.Frontend, SectionKinds.Backend => ProxyCapabilities.Backend, _ => ProxyCapabilities.Listen };
        var proxy = ProxyConfig.Inherit(parent, name, capabilities, at);
        _context.ProxyOrNull = proxy;
        expressions.Section = proxy;
        _context.DefaultServer = parent is not null && _defaultServers.TryGetValue(parent, out ServerConfig? s) ? s.Clone() : new ServerConfig();
        if (kind == SectionKinds.Defaults)
        {
            _defaults.Add(proxy);
            _defaultServers[proxy] = _context.DefaultServer;
            _lastDefaults = proxy;
        }
        else process.Proxies.Add(proxy);
    }

    private void CheckDuplicate(SectionKinds kind, string word, string name, SourcePosition at)
    {
        // most names are new
        if (_names.Add(name)) return;
        foreach (ProxyConfig other in process.Proxies)
        {
            bool clash = other.IsFrontend && kind != SectionKinds.Backend || other.IsBackend && kind != SectionKinds.Frontend;
            if (!clash || other.Name != name) continue;
            string what = other.IsFrontend && other.IsBackend ? "listen" : other.IsFrontend ? "frontend" : "backend";
            diagnostics.Error(at, $"{word} '{name}' has the same name as {what} '{name}' declared at {other.Position}.", name);
            return;
        }
    }

    private void Directive(List<Word> words, SourcePosition at)
    {
        int first = 0;
        bool isNo = false;
        if (words[0].Text is "no" or "default" && words.Count > 1) { isNo = words[0].Text == "no"; first = 1; }
        string word = words[first].Text, second = words.Count > first + 1 ? words[first + 1].Text : "";
        // rule words take only the keyword; "option X", "timeout X" take two
        int taken = 2;
        string keyword = second.Length > 0 ? $"{word} {second}" : word;
        DirectiveKeyword? row = second.Length > 0 ? DirectiveTables.Find(keyword, _section) : null;
        if (row is null) { taken = 1; keyword = word; row = DirectiveTables.Find(word, _section); }
        if (row is null)
        {
            if (IsOtherSide(word, second) is { } side)
            {
                string written = second.Length > 0 && KeywordCatalog.IsDirectiveHead((SectionKinds)uint.MaxValue, word) ? $"{word} {second}" : word;
                diagnostics.Warning(at, $"'{written}' ignored because {_context.SectionWord} '{_context.Proxy.Name}' has no {side} capability.", word);
                return;
            }
            KeywordVerdict verdict = KeywordVerdict.OfDirective(_section, _context.SectionWord, word, second);
            if (verdict.IsError) diagnostics.Error(at, verdict.Message, word); else diagnostics.Warning(at, verdict.Message, word);
            return;
        }
        if (first == 1 && isNo && !row.Negatable)
        {
            diagnostics.Error(at, "negation is not supported for this option.", word);
            return;
        }
        if (first == 1 && !isNo) return; // "default X": what it is without the line
        _context.Begin(words, first + taken, keyword, isNo);
        row.Parse(_context);
    }

    /// <summary>COMPAT: a line that belongs to the other half of a proxy is ignored with a warning, except where traffic or access hangs on it.</summary>
    private string? IsOtherSide(string word, string second)
    {
        if (word is "server" or "server-template" or "tcp-request" or "tcp-response" or "dispatch" || KeywordCatalog.FindDirective(_section, word, second) is not null) return null;
        SectionKinds valid = KeywordCatalog.SectionsOf(word, second);
        if (_section == SectionKinds.Frontend && (valid & SectionKinds.Backend) != 0) return "backend";
        return _section == SectionKinds.Backend && (valid & SectionKinds.Frontend) != 0 ? "frontend" : null;
    }

    private void OpenUserList(List<Word> words, SourcePosition at)
    {
        if (words.Count != 2) { diagnostics.Error(at, "'userlist' expects <name> as arguments.", "userlist"); return; }
        _userList = new UserListConfig { Name = words[1].Text, Position = at };
        process.UserLists.Add(_userList);
    }

    /// <summary>COMPAT: what stands behind the name is not looked at.</summary>
    private void OpenHttpErrors(List<Word> words, SourcePosition at)
    {
        string name = words.Count > 1 ? words[1].Text : "";
        if (name.Length == 0) diagnostics.Error(at, "missing name for http-errors section.", "http-errors");
        else if (process.HttpErrors.Find(s => s.Name == name) is { } other) diagnostics.Error(at, $"http-errors section '{name}' already exists (declared at {other.Position}).", name);
        else if (ServerLine.InvalidNameCharacter(name) is { } bad) diagnostics.Error(at, $"character '{bad}' is not permitted in 'http-errors' name '{name}'.", name);
        _httpErrors = new HttpErrorsConfig(name, at);
        process.HttpErrors.Add(_httpErrors);
    }

    /// <summary>user NAME password|insecure-password VALUE [groups a,b]; group NAME [users a,b].</summary>
    private void UserListLine(List<Word> words, SourcePosition at)
    {
        if (_userList is null) return;
        string kind = words[0].Text;
        if (kind == "group" && words.Count is 2 or 4)
        {
            _userList.Groups[words[1].Text] = words.Count == 4 ? [.. words[3].Text.Split(',')] : [];
            return;
        }
        if (kind != "user" || words.Count < 4 || words[2].Text is not ("password" or "insecure-password"))
        {
            diagnostics.Error(at, kind is "user" or "group" ? $"'{kind}' : bad arguments in userlist '{_userList.Name}'." : $"unknown keyword '{kind}' in 'userlist' section", kind);
            return;
        }
        var groups = words.Count > 5 && words[4].Text == "groups" ? new List<string>(words[5].Text.Split(',')) : [];
        _userList.Users[words[1].Text] = new UserConfig(words[1].Text, words[3].Text, words[2].Text == "insecure-password", groups, at);
    }
}
