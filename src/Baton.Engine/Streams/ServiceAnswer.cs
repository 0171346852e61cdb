// A service as the end of a stream: its answer takes the way of one that comes from a server, as long as it may be.
using System;
using Baton.Engine.Filters;
using Baton.Engine.Rules;
using Baton.Engine.Services;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

/// <summary>A part of its stream.</summary>
internal sealed class ServiceAnswer(HttpStream stream)
{
    /// <summary>Where the answer comes from; null when no service makes it, or has made it.</summary>
    public ServiceEnd? End { get; private set; }

    /// <summary>What logs show in the place of a server; null when no service was asked.</summary>
    public string? Name { get; private set; }

    /// <summary>The answer that is taken now is the head of a service's.</summary>
    public bool IsBeginning { get; private set; }

    public void Reset()
    {
        End = null;
        Name = null;
        IsBeginning = false;
    }

    /// <summary>It is for a service, which may still refuse it. COMPAT: a service is chosen and reached in no time.</summary>
    public void Enter(string name)
    {
        Name = name;
        stream.Times.Queue = stream.Times.Connect = stream.Worker.NowMs;
    }

    /// <summary>use-service: the answer is made by a service, step by step as the client takes it.</summary>
    public void Serve(ServiceEnd service)
    {
        stream.Answers.CountIntercepted();
        stream.Terminate(TerminationCause.Local, stream.Answers.OwnPhase);
        Enter(service.LogName);
        var fields = new ServiceFields();
        int status = service.WriteFields(fields);
        stream.Times.Response = stream.Worker.NowMs;
        if (status >= 400)
        {
            service.Close();
            stream.Answers.Give(stream.Answers.Find(status), TerminationCause.None, TerminationPhase.None);
            return;
        }
        var writer = new ReplyWriter(stream.Worker.Scratch.HeadSpan);
        writer.Status(status);
        foreach ((byte[] name, string value) in fields.All)
            writer.Header(name, value);
        if (fields.IsWhole)
            writer.Header("content-length"u8, 0);
        // who speaks 1.0 reads to the end
        else if (stream.RequestSide.MinorVersion > 0)
            writer.Header("transfer-encoding"u8, "chunked"u8);
        stream.Filters?.Judge(ChannelSide.Request, stream.RequestHead);
        IsBeginning = true;
        stream.Answers.Send(writer.Finish(default));
        IsBeginning = false;
        if (stream.IsEnded || stream.Response.Body is not (BodyKind.Chunked or BodyKind.UntilClose))
        {
            service.Close();
            return;
        }
        End = service;
        stream.Response.Frames = true;
        stream.Response.Complete = false;
        stream.Filters?.Place(
            ref stream.Response,
            ChannelSide.Response,
            stream.Response.Ready - stream.Response.Start,
            stream.Response.Body == BodyKind.Chunked
        );
    }

    /// <summary>The answer is out, or nobody waits for it any more.</summary>
    public void Close()
    {
        End?.Close();
        End = null;
    }
}
