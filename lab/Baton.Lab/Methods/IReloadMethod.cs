// One way to exchange a load balancer under traffic. The runner prepares a stage, starts the first process, puts load on it, reloads
// as often as asked, and counts what the clients saw.
using System.Collections.Generic;
using Baton.Lab.Runs;
using Baton.Lab.Stages;

namespace Baton.Lab.Methods;

internal interface IReloadMethod
{
    /// <summary>Its number in the history; one number may have variants.</summary>
    int Number { get; }

    /// <summary>The word of the command line.</summary>
    string Name { get; }

    string Title { get; }

    /// <summary>What is to be expected; null when it depends on luck and load.</summary>
    bool? Lossless(Target target, LoadKind load);

    /// <summary>The loads it is run with when none is asked for.</summary>
    IReadOnlyList<LoadKind> Loads(Target target);

    /// <summary>Null when it can be run here; otherwise the reason why not. May try things on a stage of its own.</summary>
    string? Unavailable(LabOptions options, Target target);

    /// <summary>Rules, settings and sockets, before anything is started; may set the stage's configuration.</summary>
    void Prepare(Stage stage);

    void Start(Stage stage);

    /// <summary>One reload, from the order to the new process's being in service.</summary>
    void Reload(Stage stage);

    /// <summary>After the load. What is in the namespace goes with it.</summary>
    void Stop(Stage stage);
}
