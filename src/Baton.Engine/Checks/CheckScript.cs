// What the checks of a backend do, step by step, made out of its "option" line and the lines that belong to it.
using System;
using System.Collections.Generic;
using Baton.Configuration.Model;
using Baton.Engine.Checks.Protocols;

namespace Baton.Engine.Checks;

/// <summary>Shared by the checks of all servers of a backend.</summary>
internal sealed class CheckScript
{
    private readonly Action<SourcePosition, string> _fault = static (_, _) => { };

    private CheckScript(CheckKind kind, CheckStep[] steps) => (Kind, Steps, Talks) = (kind, steps, true);

    /// <summary>Of steps that no line of a backend says.</summary>
    public static CheckScript Of(CheckKind kind, CheckStep[] steps) => new(kind, steps);

    private CheckScript(HealthCheckConfig config, Action<SourcePosition, string> fault)
    {
        Kind = config.Kind;
        _fault = fault;
        Steps = config.Kind switch
        {
            CheckKind.Http => Http(config),
            CheckKind.SslHello => SslHelloCheck.Steps(),
            CheckKind.Smtp => SmtpCheck.Steps(config.Hello),
            CheckKind.Spop => SpopCheck.Steps(),
            CheckKind.Redis => RedisCheck.Steps(),
            CheckKind.Ldap => LdapCheck.Steps(),
            CheckKind.PgSql => PgSqlCheck.Steps(config.User!),
            CheckKind.MySql => MySqlCheck.Steps(config.User, config.Pre41),
            _ => Tcp(config),
        };
        foreach (CheckStep step in Steps)
            Talks |= step is not (ConnectStep or VariableStep);
    }

    public CheckKind Kind { get; }
    public CheckStep[] Steps { get; }

    /// <summary>Something is said or heard: the outcome is one of layer 7.</summary>
    public bool Talks { get; }

    /// <summary>Null where a connection is all there is to it. Regular expressions that are none are told.</summary>
    public static CheckScript? Create(HealthCheckConfig config, Action<SourcePosition, string> fault) =>
        config.Kind is CheckKind.Connect or CheckKind.External ? null : new CheckScript(config, fault);

    private CheckStep[] Tcp(HealthCheckConfig config)
    {
        List<CheckStep> steps = [];
        Lead(steps, config.TcpRules);
        foreach (CheckRuleConfig rule in Commented(config.TcpRules))
            steps.Add(
                rule.Kind switch
                {
                    CheckRuleKind.Connect => Connect(rule),
                    CheckRuleKind.Variable => Variable(rule),
                    CheckRuleKind.Send => new SendStep(rule.Data ?? [], CheckText.Of(rule.Format, isHex: rule.IsHex))
                    {
                        Number = rule.Number,
                        Comment = rule.Comment,
                    },
                    _ => Expect(rule, http: false),
                }
            );
        return [.. steps];
    }

    /// <summary>
    /// COMPAT: the first request has from "option httpchk" what it does not say itself, and is made where no line makes one; behind the
    /// last one that nothing is expected of, a status of 2xx or 3xx is.
    /// </summary>
    private CheckStep[] Http(HealthCheckConfig config)
    {
        List<CheckStep> steps = [];
        Lead(steps, config.HttpRules);
        HealthCheckConfig? common = config;
        bool sends = config.HttpRules.Exists(r => r.Kind == CheckRuleKind.Send);
        if (!sends)
        {
            var request = new CheckRuleConfig { Kind = CheckRuleKind.Send, Position = config.Position };
            int at = steps.Count;
            foreach (CheckRuleConfig rule in config.HttpRules)
                if (rule.Kind == CheckRuleKind.Connect)
                    steps.Add(Connect(rule));
            steps.Insert(Math.Max(1, at), new HttpSend(request, common, config.SendState));
        }
        foreach (CheckRuleConfig rule in Commented(config.HttpRules))
        {
            if (rule.Kind == CheckRuleKind.Connect && sends)
                steps.Add(Connect(rule));
            else if (rule.Kind == CheckRuleKind.Send)
            {
                steps.Add(new HttpSend(rule, common, config.SendState) { Number = rule.Number, Comment = rule.Comment });
                common = null;
            }
            else if (rule.Kind == CheckRuleKind.Expect)
                steps.Add(Expect(rule, http: true));
            else if (rule.Kind == CheckRuleKind.Variable)
                steps.Add(Variable(rule));
        }
        if (steps.FindLast(static s => s is not VariableStep) is not ExpectStep)
        {
            var usual = new CheckRuleConfig { Kind = CheckRuleKind.Expect, Position = config.Position };
            usual.Codes.Add((200, 399));
            steps.Add(Expect(usual, http: true));
        }
        return [.. steps];
    }

    /// <summary>The lines that do something. A "comment" line is about the next one, unless that has a comment of its own.</summary>
    private static IEnumerable<CheckRuleConfig> Commented(List<CheckRuleConfig> rules)
    {
        string comment = "";
        foreach (CheckRuleConfig rule in rules)
        {
            if (rule.Kind == CheckRuleKind.Comment)
            {
                comment = rule.Comment;
                continue;
            }
            if (rule.Comment.Length == 0)
                rule.Comment = comment;
            comment = "";
            yield return rule;
        }
    }

    private static VariableStep Variable(CheckRuleConfig rule) =>
        new((Rules.StreamAction)((Rules.EngineAction)rule.Variable!.Action).Build(rule.Variable)) { Number = rule.Number };

    /// <summary>A connection comes first, whether a line says so or not; variables may be set before it.</summary>
    private static void Lead(List<CheckStep> steps, List<CheckRuleConfig> rules)
    {
        CheckRuleConfig? first = rules.Find(static r => r.Kind is not (CheckRuleKind.Comment or CheckRuleKind.Variable));
        if (first is not { Kind: CheckRuleKind.Connect })
            steps.Add(new ConnectStep());
    }

    private static ConnectStep Connect(CheckRuleConfig rule) =>
        new()
        {
            Number = rule.Number,
            Comment = rule.Comment,
            Port = rule.Port > 0 ? rule.Port : rule.Address?.Port ?? 0,
            PortSample = rule.PortSample,
            Address = rule.Address is { } address ? Build.AddressResolver.ServerEndpoint(address, AddressKind.IPv6) : null,
            SendProxy = rule.SendProxy,
            ViaSocks4 = rule.ViaSocks4,
            Linger = rule.Linger,
            Ssl = rule.Ssl,
            ServerName = rule.ServerName,
            Alpn = rule.Alpn,
            Proto = rule.Proto,
            IsUsual = rule.IsDefault,
        };

    private ExpectStep Expect(CheckRuleConfig rule, bool http)
    {
        string error = "";
        bool isField = rule.Match is CheckMatch.Header or CheckMatch.FullHeader;
        CheckFieldPattern? field = isField ? new CheckFieldPattern(rule, out error) : null;
        CheckPattern? pattern = isField || rule.Match == CheckMatch.Status ? null : new CheckPattern(rule, out error);
        if (error.Length > 0)
            _fault(rule.Position, $"'{(http ? "http-check" : "tcp-check")} expect' : {error}");
        CheckStatus ok = CheckTexts.StatusOf(rule.OkStatus) ?? CheckStatus.Layer7Ok,
            bad = CheckTexts.StatusOf(rule.ErrorStatus) ?? CheckStatus.Layer7Response,
            timeout = CheckTexts.StatusOf(rule.TimeoutStatus) ?? CheckStatus.Layer7Timeout;
        return http
            ? new HttpExpect(rule, pattern, field)
            {
                Number = rule.Number,
                Comment = rule.Comment,
                OkStatus = ok,
                ErrorStatus = bad,
                TimeoutStatus = timeout,
                OnSuccess = CheckText.Of(rule.OnSuccess),
                OnError = CheckText.Of(rule.OnError),
                StatusCode = rule.StatusCode,
            }
            : new TextExpect(rule, pattern!)
            {
                Number = rule.Number,
                Comment = rule.Comment,
                OkStatus = ok,
                ErrorStatus = bad,
                TimeoutStatus = timeout,
                OnSuccess = CheckText.Of(rule.OnSuccess),
                OnError = CheckText.Of(rule.OnError),
                StatusCode = rule.StatusCode,
            };
    }
}
