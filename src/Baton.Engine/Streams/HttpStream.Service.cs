// A service as the end of this stream: its answer takes the way of one that comes from a server, as long as it may be.
using System;
using Baton.Engine.Filters;
using Baton.Engine.Rules;
using Baton.Engine.Services;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

public sealed partial class HttpStream
{
    private ServiceEnd? _service;

    internal override string? ServiceName => _serviceName;
    private string? _serviceName;

    /// <summary>The answer that is taken now is the head of a service's.</summary>
    private bool _isServing;

    /// <summary>It is for a service, which may still refuse it. COMPAT: a service is chosen and reached in no time.</summary>
    internal void EnterService(string name)
    {
        _serviceName = name;
        Times.Queue = Times.Connect = Worker.NowMs;
    }

    /// <summary>use-service: the answer is made by a service, step by step as the client takes it.</summary>
    internal void Serve(ServiceEnd service)
    {
        CountIntercepted();
        Terminate(TerminationCause.Local, OwnPhase);
        EnterService(service.LogName);
        var fields = new ServiceFields();
        int status = service.WriteFields(fields);
        Times.Response = Worker.NowMs;
        if (status >= 400)
        {
            service.Close();
            Reply(FindReply(status), TerminationCause.None, TerminationPhase.None);
            return;
        }
        var writer = new ReplyWriter(Worker.Scratch.HeadSpan);
        writer.Status(status);
        foreach ((byte[] name, string value) in fields.All)
            writer.Header(name, value);
        if (fields.IsWhole)
            writer.Header("content-length"u8, 0);
        // who speaks 1.0 reads to the end
        else if (_requestMinorVersion > 0)
            writer.Header("transfer-encoding"u8, "chunked"u8);
        Filters?.Judge(ChannelSide.Request, RequestHead);
        _isServing = true;
        Reply(writer.Finish(default));
        _isServing = false;
        if (IsEnded || Response.Body is not (BodyKind.Chunked or BodyKind.UntilClose))
        {
            service.Close();
            return;
        }
        _service = service;
        Response.Frames = true;
        Response.Complete = false;
        Filters?.Place(ref Response, ChannelSide.Response, Response.Ready - Response.Start, Response.Body == BodyKind.Chunked);
    }

    /// <summary>The answer is out, or nobody waits for it any more.</summary>
    private void CloseService()
    {
        _service?.Close();
        _service = null;
    }
}
