document.title = 'sekisho';
