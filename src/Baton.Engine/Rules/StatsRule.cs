// The statistics page among the rules of a request: behind the http-request rules of its section and before its "redirect" lines.
// A request for it runs the page's own rules, is asked for user and password, and is answered by the service in the end.
using System;
using System.Collections.Generic;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Core.Text;
using Baton.Engine.Acls;
using Baton.Engine.Auth;
using Baton.Engine.Samples.Fetches;
using Baton.Engine.Services;
using Baton.Engine.Streams;
using Baton.Http.Messages;

namespace Baton.Engine.Rules;

internal sealed class StatsRule(StatsConfig page, ProxyConfig proxy) : RuleAction
{
    /// <summary>What the log has in the place of a server.</summary>
    public const string LogName = "<STATS>";

    private readonly byte[] _uri = ByteText.GetBytes(page.Uri);
    private readonly byte[] _realm = ByteText.GetBytes(page.Realm ?? StatsConfig.DefaultRealm);
    private readonly RuleList? _rules = RuleList.Create(page.Rules);
    private readonly Condition[] _admin = [.. page.Admin.ConvertAll(static c => new Condition(c))];
    private readonly UserList? _users = Users(page);

    private static UserList? Users(StatsConfig page)
    {
        if (page.Users.Count == 0)
            return null;
        var list = new UserListConfig { Name = "stats auth", Position = page.Position };
        foreach ((string name, string password) in page.Users)
            list.Users[name] = new UserConfig(name, password, true, [], page.Position);
        return new UserList(list);
    }

    public override Verdict Run(HttpStream stream)
    {
        if (stream.Method is not (HttpMethod.Get or HttpMethod.Head or HttpMethod.Post) || !IsMeant(stream.RequestHead))
            return Verdict.Continue;
        stream.Service.Enter(LogName);
        Verdict verdict = _rules?.Run(stream) ?? Verdict.Continue;
        if (verdict is not (Verdict.Continue or Verdict.Stop))
            return verdict;
        if (_users is not null && !AuthFetches.IsUserOf(_users, stream))
        {
            AuthAction.Ask(stream, _realm);
            return Verdict.Answered;
        }
        bool isForm = stream.Method == HttpMethod.Post;
        if (isForm && !stream.BodyStart.AwaitRequest(BodyTimeout(stream), 0))
            return Verdict.Wait;
        var access = new StatsAccess(page, proxy, MayChange(stream))
        {
            Form = isForm && stream.BodyStart.HasWhole ? stream.BodyStart.OfRequest(stream.Worker.Scratch.OutputSpan).ToArray() : null,
        };
        stream.Service.Serve(ServiceCatalog.StatsPage!(stream, access));
        return Verdict.Answered;
    }

    /// <summary>The target begins with the page's prefix; one that is a path is looked for behind scheme and authority.</summary>
    private bool IsMeant(MessageHead head) => (_uri[0] == '/' ? head.PathAndQuery : head.Target).StartsWith(_uri);

    private bool MayChange(HttpStream stream)
    {
        foreach (Condition condition in _admin)
            if (condition.Holds(stream))
                return true;
        return false;
    }

    private static int BodyTimeout(HttpStream stream)
    {
        ref TimeoutsConfig t = ref stream.FrontendTimeouts;
        return t.HttpRequest >= 0 ? t.HttpRequest : t.Client;
    }
}
