"""The engine: it runs conversations over the interfaces, and knows no provider by name.

    conversation          one dialogue: puts the rooms together
    responder             what the bot does with its voice: carries out the decisions of turns in speaking
    hearing | speaking    from the microphone to words | from one request to sound, and what was heard of it
    turns                 whose turn it is: a state machine without I/O, and its scheduler
    text                  from what a model writes to what is spoken, and what words mean; pure

Each line imports only what is below it. Data goes one way: sound, hearing, turns, speaking, sound; what was
heard goes back to turns and history. Modules that several of these use (bot, history, clock, ...) lie beside
them.
"""
