// Ties the proxies' error lines and the rules' answers to the http-errors sections, once every file has been read.
using System.Collections.Generic;
using Baton.Configuration.Catalog;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Model;

namespace Baton.Configuration.Sections;

internal sealed class ErrorReferences(ProcessConfig process, DiagnosticSink diagnostics)
{
    /// <summary>Fills ProxyConfig.ErrorReplies from the lines, the later ones over the earlier.</summary>
    public void Resolve(IEnumerable<(HttpReplyConfig Reply, ProxyConfig Proxy)> ruleReplies)
    {
        foreach (ProxyConfig proxy in process.Proxies)
        foreach (ErrorLineConfig line in proxy.ErrorLines)
        {
            if (line.Reply is null)
                Import(proxy, line);
            else if (line.Reply.SectionName is { } name)
                Refer(proxy, line.Reply, name, line.Position);
            else
                Set(proxy, line.Reply);
        }
        foreach ((HttpReplyConfig reply, ProxyConfig proxy) in ruleReplies)
            ResolveRule(reply, proxy);
    }

    private void Set(ProxyConfig proxy, HttpReplyConfig reply)
    {
        if (reply.Payload == HttpReplyPayload.DefaultErrorFiles)
        {
            proxy.ErrorReplies.Remove(reply.Status);
            return;
        }
        CheckSize(reply);
        proxy.ErrorReplies[reply.Status] = reply;
    }

    private void CheckSize(HttpReplyConfig reply)
    {
        int limit = process.Global.BufferSize;
        if (reply.Body.Length > limit)
            diagnostics.Error(
                reply.Position,
                $"the answer for status {reply.Status} is larger than tune.bufsize ({reply.Body.Length} bytes)."
            );
        else if (reply.Body.Length > limit - process.Global.MaxRewrite)
            diagnostics.Warning(
                reply.Position,
                $"the answer for status {reply.Status} runs over the buffer space that tune.maxrewrite keeps for rules that change headers."
            );
    }

    private HttpErrorsConfig? Find(string name) => process.HttpErrors.Find(s => s.Name == name);

    private void Import(ProxyConfig proxy, ErrorLineConfig line)
    {
        if (Find(line.Section) is not { } section)
        {
            Unknown(proxy, line.Section, line.Position);
            return;
        }
        if (line.Statuses.Length == 0)
            foreach (HttpReplyConfig reply in section.Replies.Values)
                Set(proxy, reply);
        foreach (int status in line.Statuses)
        {
            if (section.Replies.TryGetValue(status, out HttpReplyConfig? reply))
                Set(proxy, reply);
            else
                NotDeclared(proxy, status, line.Section, line.Position);
        }
    }

    /// <summary>http-error status N errorfiles NAME.</summary>
    private void Refer(ProxyConfig proxy, HttpReplyConfig line, string name, SourcePosition at)
    {
        if (Find(name) is not { } section)
            Unknown(proxy, name, at);
        else if (section.Replies.TryGetValue(line.Status, out HttpReplyConfig? reply))
            Set(proxy, reply);
        else
            NotDeclared(proxy, line.Status, name, at);
    }

    private void Unknown(ProxyConfig proxy, string name, SourcePosition at) =>
        diagnostics.Add(
            new Diagnostic(Severity.Alert, at, $"proxy '{proxy.Name}': unknown http-errors section '{name}' (at {at}).", name)
            {
                Located = false,
                Hint = Near(name),
            }
        );

    private string? Near(string name) => Spelling.Nearest(name, process.HttpErrors.ConvertAll(s => s.Name));

    private void NotDeclared(ProxyConfig proxy, int status, string name, SourcePosition at) =>
        diagnostics.Add(
            new Diagnostic(
                Severity.Warning,
                at,
                $"config: proxy '{proxy.Name}' : status '{status}' not declared in http-errors section '{name}' (at {at}).",
                name
            )
            {
                Located = false,
            }
        );

    /// <summary>COMPAT: a rule whose section has nothing for its status answers with the status alone.</summary>
    private void ResolveRule(HttpReplyConfig reply, ProxyConfig proxy)
    {
        CheckSize(reply);
        if (reply.SectionName is not { } name)
            return;
        if (Find(name) is not { } section)
            diagnostics.Add(
                new Diagnostic(
                    Severity.Alert,
                    reply.Position,
                    $"Proxy '{proxy.Name}': unknown http-errors section '{name}' referenced by an http reply .",
                    name
                )
                {
                    Located = false,
                    Hint = Near(name),
                }
            );
        else if (section.Replies.TryGetValue(reply.Status, out HttpReplyConfig? found))
            (reply.Payload, reply.Body) = (found.Payload, found.Body);
        else
        {
            reply.Payload = HttpReplyPayload.None;
            diagnostics.Add(
                new Diagnostic(
                    Severity.Warning,
                    reply.Position,
                    $"Proxy '{proxy.Name}': status '{reply.Status}' referenced by an http reply not declared in http-errors section '{name}'.",
                    name
                )
                {
                    Located = false,
                }
            );
        }
    }
}
