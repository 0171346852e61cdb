// An engine of a configuration's text, with one worker that never runs and a stream that holds a parsed request: enough for
// what looks at a stream and moves no byte.
using System;
using Baton.Configuration;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Engine;
using Baton.Engine.Build;
using Baton.Engine.Connections;
using Baton.Engine.Proxies;
using Baton.Engine.Rules;
using Baton.Engine.Streams;

namespace Baton.Microbench.Bodies;

internal sealed unsafe class Laboratory
{
    private readonly byte* _request = HeadBodies.Native(HeadBodies.Browser);
    private readonly Baton.Http.H1.HeadParser _parser;

    public EngineState Engine { get; }
    public HttpStream Stream { get; }
    public FrontendState Frontend => Engine.Frontends[0];
    public BackendState Backend => Engine.Backends[0];

    /// <summary>The configuration needs a frontend and a backend.</summary>
    public Laboratory(string configuration)
    {
        var loader = new ConfigurationLoader(sink => new ExpressionParser(EngineCatalog.Create(), sink));
        ProcessConfig config = loader.LoadOnly(configuration, "bench.cfg")
            ?? throw new InvalidOperationException(loader.Diagnostics.All[0].Message);
        var builder = new EngineBuilder(config, ResourceLimits.Apply(config, 1, 1, _ => { }, _ => { })!);
        Engine = builder.Build() ?? throw new InvalidOperationException(builder.Errors[0].Message);
        var client = new ClientConnection { Worker = Engine.Workers[0] };
        Session session = client.Session;
        session.Frontend = Frontend;
        session.Listener = Engine.Listeners[0];
        session.Source = SocketAddress.From([192, 0, 2, 17], 56324);
        session.RequestCount = 1;
        session.SetDestination(SocketAddress.From([198, 51, 100, 4], 443));
        Stream = new HttpStream(101)
        {
            Client = client,
            Session = client.Session,
            Worker = client.Worker,
            Frontend = Frontend,
            Backend = Backend,
            Server = Backend.Servers[0],
        };
        Stream.RequestHead.Lend(client.Worker.HeaderTables.Rent());
        Stream.ResponseHead.Lend(client.Worker.HeaderTables.Rent());
        _parser = new(Stream.RequestHead);
        Parse();
    }

    /// <summary>The request as it came, without what rules made of it.</summary>
    public void Parse()
    {
        Stream.RequestHead.Reset();
        AllBodies.Must(_parser.ParseRequest(_request, HeadBodies.Browser.Length, default) == Baton.Http.Messages.ParseStatus.Complete);
    }
}
